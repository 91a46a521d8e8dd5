/** What was written and is not saved: it is asked about before its tab, or the whole page, goes. */
import type { ILabStatus } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

/** While `dirty`, the browser asks before it leaves the page, as for documents that are not saved. */
export class Unsaved implements IDisposable {
  constructor(private readonly _status: ILabStatus | null) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  set dirty(dirty: boolean) {
    if (dirty && !this._isDisposed) {
      this._mark ??= this._status?.setDirty() ?? null;
    } else {
      this._mark?.dispose();
      this._mark = null;
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this.dirty = false;
  }

  private _mark: IDisposable | null = null;
  private _isDisposed = false;
}

/** Whether what was written may go; `words` say what that is. */
export async function mayGo(words: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Throw the changes away?'),
    body: words,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep writing') }),
      Dialog.warnButton({ label: trans.__('Throw away') })
    ]
  });
  return button.accept;
}
