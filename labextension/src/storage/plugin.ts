/** Wires the commands about what the history holds. Their dialogs load when they are asked for. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { localeOf, TimeFormat } from '../format/time';
import { CommandIDs, DOMAIN, IWorkspaceModel } from '../tokens';
import { textOf } from '../ui/args';
import { once, told } from '../workspace/commands';

export const storagePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-repro:storage',
  description: 'External data, what takes the space, and removal from all history.',
  autoStart: true,
  requires: [IWorkspaceModel],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    workspace: IWorkspaceModel,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const { commands } = app;
    const given = translator ?? nullTranslator;
    const trans = given.load(DOMAIN);
    const context = { workspace, trans };
    const isEnabled = (): boolean => workspace.state !== null && workspace.task === null;

    commands.addCommand(CommandIDs.track, {
      label: trans.__('Bring In External Data…'),
      caption: trans.__('From a URL, an object store or another path, with its origin recorded'),
      isEnabled,
      execute: () =>
        told(trans, trans.__('External data'), async () =>
          (await import('./dialogs')).track(context)
        )
    });
    commands.addCommand(CommandIDs.storage, {
      label: trans.__('What Takes the Space…'),
      isEnabled: () => workspace.state !== null,
      execute: () =>
        once(CommandIDs.storage, () =>
          told(trans, trans.__('Storage'), async () =>
            (await import('./dialogs')).showStorage(
              context,
              new TimeFormat(localeOf(given.languageCode)),
              path => void commands.execute(CommandIDs.purge, { path })
            )
          )
        )
    });
    commands.addCommand(CommandIDs.purge, {
      label: trans.__('Purge From All History…'),
      caption: trans.__('Remove its content for ever'),
      isEnabled: args => isEnabled() && textOf(args, 'path') !== '',
      execute: args =>
        told(trans, trans.__('Purge'), async () =>
          (await import('./dialogs')).purge(context, textOf(args, 'path'))
        )
    });
    const category = trans.__('History');
    palette?.addItem({ command: CommandIDs.track, category });
    palette?.addItem({ command: CommandIDs.storage, category });
  }
};
