/** Open documents against the files of the workspace: saved before, reloaded after. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { baseName, liesIn } from '../format/names';
import type { IDocuments, IWorkspaceModel } from '../tokens';
import { contentOf } from './content';

/** What to do about unsaved documents; a setting. */
export type SavePolicy = 'ask' | 'always' | 'never';

type Occasion = Parameters<IDocuments['settle']>[0];

const AREAS = ['main', 'left', 'right', 'down'] as const;

interface IOpen {
  readonly context: DocumentRegistry.Context;
  readonly widgets: Widget[];
}

export namespace Documents {
  export interface IOptions {
    app: JupyterFrontEnd;
    docManager: IDocumentManager;
    workspace: IWorkspaceModel;
    trans: TranslationBundle;
    policy(): SavePolicy;
    setPolicy(policy: SavePolicy): void;
  }
}

/** See `IDocuments`. Shared documents are the server's to save and to reload. */
export class Documents implements IDocuments {
  constructor(private readonly _options: Documents.IOptions) {}

  async settle(before: Occasion): Promise<boolean> {
    this._given.clear();
    const unsaved = this._open().filter(({ context }) => this._isUnsaved(context));
    const { policy } = this._options;
    if (unsaved.length === 0 || policy() === 'never') {
      return true;
    }
    if (policy() === 'ask') {
      const answer = await this._ask(before, unsaved);
      if (answer === 'cancel') {
        return false;
      }
      if (answer === 'go on') {
        // Their text is about to be replaced on the disk: whoever goes on without saving gives it up.
        if (before === 'restore' || before === 'switch') {
          unsaved.forEach(({ context }) => this._given.add(context));
        }
        return true;
      }
    }
    try {
      await Promise.all(unsaved.map(({ context }) => context.save()));
    } catch {
      // Lab has told about it in a dialog of its own.
      return false;
    }
    return true;
  }

  reload(): Promise<void> {
    // One after the other: the task of a restore and the event of it both ask.
    this._reloading = this._reloading.then(() => this._reload());
    return this._reloading;
  }

  private async _reload(): Promise<void> {
    const given = new Set(this._given);
    this._given.clear();
    await Promise.all(
      this._open()
        .filter(({ context }) => !this._isUnsaved(context) || given.has(context))
        .map(open => this._reloadOne(open, given.has(open.context)))
    );
  }

  private async _reloadOne({ context, widgets }: IOpen, anyway: boolean): Promise<void> {
    const { docManager, trans } = this._options;
    const known = context.contentsModel;
    if (known === null) {
      return;
    }
    try {
      const now = await docManager.services.contents.get(context.path, {
        content: false,
        hash: true
      });
      if (context.isDisposed) {
        // Closed meanwhile: there is nothing to reload.
        return;
      }
      const same =
        typeof known.hash === 'string' && typeof now.hash === 'string'
          ? known.hash === now.hash
          : known.last_modified === now.last_modified;
      if (!same || anyway) {
        await context.revert();
        this._remember(context);
      }
    } catch (error) {
      if (context.isDisposed) {
        return;
      }
      if (error instanceof ServerConnection.ResponseError && error.response.status === 404) {
        // The restored state has no such file; what it held is in the safety checkpoint.
        context.model.dirty = false;
        widgets.forEach(widget => widget.close());
        return;
      }
      void showErrorMessage(trans.__('Could not reload %1', baseName(context.path)), String(error));
    }
  }

  /** Whether there is something to lose: a notebook calls itself changed when its kernel has told about itself. */
  private _isUnsaved({ model }: DocumentRegistry.Context): boolean {
    return model.dirty && this._loaded.get(model) !== contentOf(model);
  }

  private _remember(context: DocumentRegistry.Context): void {
    if (context.isDisposed) {
      return;
    }
    const { model } = context;
    this._loaded.set(model, contentOf(model));
    const forget = (_: unknown, state: DocumentRegistry.SaveState): void => {
      if (state !== 'failed') {
        this._loaded.delete(model);
        context.saveState.disconnect(forget);
      }
    };
    context.saveState.connect(forget);
  }

  /** Documents of the workspace that the browser itself saves, each once however many views it has. */
  private _open(): IOpen[] {
    const { app, docManager, workspace } = this._options;
    const root = workspace.state?.workspace.server_path ?? null;
    if (root === null) {
      return [];
    }
    const { contents } = docManager.services;
    const found = new Map<DocumentRegistry.Context, IOpen>();
    for (const area of AREAS) {
      for (const widget of widgetsIn(app, area)) {
        const context = docManager.contextForWidget(widget);
        if (
          context === undefined ||
          contents.driveName(context.path) !== '' ||
          context.model.collaborative ||
          context.model.readOnly ||
          !liesIn(contents.localPath(context.path), root)
        ) {
          continue;
        }
        const open = found.get(context);
        if (open === undefined) {
          found.set(context, { context, widgets: [widget] });
        } else {
          open.widgets.push(widget);
        }
      }
    }
    return [...found.values()];
  }

  private async _ask(
    before: Occasion,
    unsaved: readonly IOpen[]
  ): Promise<'save' | 'go on' | 'cancel'> {
    const { trans, setPolicy } = this._options;
    const names = unsaved.map(({ context }) => baseName(context.path));
    const titles: Readonly<Record<Occasion, string>> = {
      checkpoint: trans.__('Save before the checkpoint?'),
      restore: trans.__('Save before restoring?'),
      switch: trans.__('Save before switching?'),
      recreate: trans.__('Save before recreating?')
    };
    const safety = trans.__('What is not saved cannot be kept in the safety checkpoint.');
    const consequences: Readonly<Record<Occasion, string>> = {
      checkpoint: trans.__('A checkpoint holds what is on the disk.'),
      restore: safety,
      switch: safety,
      recreate: trans.__('What is not saved is lost when you leave this workspace for the new one.')
    };
    const result = await showDialog({
      title: titles[before],
      body: `${trans._n('%1 document has unsaved changes:', '%1 documents have unsaved changes:', names.length)} ${names.join(', ')}. ${consequences[before]}`,
      checkbox: { label: trans.__('Always save without asking'), checked: false, caption: '' },
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Go on without saving'), actions: ['go on'] }),
        Dialog.okButton({ label: trans.__('Save and go on'), actions: ['save'] })
      ],
      defaultButton: 2
    });
    if (!result.button.accept) {
      return 'cancel';
    }
    if (result.button.actions.includes('go on')) {
      return 'go on';
    }
    if (result.isChecked === true) {
      setPolicy('always');
    }
    return 'save';
  }

  /** What was read last from the disk, until it is saved over. */
  private readonly _loaded = new WeakMap<DocumentRegistry.IModel, string>();
  private _reloading: Promise<void> = Promise.resolve();
  /** Documents whose unsaved text the user gave up. */
  private readonly _given = new Set<DocumentRegistry.Context>();
}

function widgetsIn(app: JupyterFrontEnd, area: string): Widget[] {
  try {
    return [...app.shell.widgets(area)];
  } catch {
    // Shells know different areas.
    return [];
  }
}
