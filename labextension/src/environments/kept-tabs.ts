/** Tabs that come back with the page, each as it was left. */
import type { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import { textOf } from '../ui/args';

/** What a tab is opened with again. */
export type Kept = ReadonlyPartialJSONObject;

export class KeptTabs<W extends Widget> {
  constructor(namespace: string) {
    this.tracker = new WidgetTracker<W>({ namespace });
    this._command = `jupyter-repro:reopen-${namespace}`;
  }

  readonly tracker: WidgetTracker<W>;

  /**
   * Lets a tab come back.
   *
   * @param key - tells it from the others, also after a reload: its place in the layout has this name
   * @param kept - what it is to be opened with, now
   * @param changed - when that may be something else
   */
  add(widget: W, key: string, kept: () => Kept, changed?: ISignal<unknown, void>): void {
    this._kept.set(widget, () => ({ ...kept(), key }));
    void this.tracker.add(widget);
    let saved = JSON.stringify(kept());
    changed?.connect(() => {
      const now = JSON.stringify(kept());
      if (now !== saved && !widget.isDisposed) {
        saved = now;
        void this.tracker.save(widget);
      }
    });
  }

  /** Opens again what was open; `open` finds in its arguments what was kept, and the key. */
  restore(
    commands: CommandRegistry,
    restorer: ILayoutRestorer,
    open: (kept: Kept, key: string) => Promise<void>
  ): void {
    commands.addCommand(this._command, {
      execute: args => open(args, textOf(args, 'key'))
    });
    void restorer.restore(this.tracker, {
      command: this._command,
      args: widget => this._kept.get(widget)?.() ?? {},
      name: widget => textOf(this._kept.get(widget)?.() ?? {}, 'key')
    });
  }

  private readonly _command: string;
  private readonly _kept = new WeakMap<W, () => Kept>();
}
