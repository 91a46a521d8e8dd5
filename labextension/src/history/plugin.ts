/** Wires the sidebar into Lab's left area, or into the pages of Notebook 7. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { INotebookTree } from '@jupyter-notebook/tree';

import { localeOf, TimeFormat } from '../format/time';
import { CommandIDs, DOMAIN, IDocuments, IWorkspaceModel } from '../tokens';
import { addChosenCommands } from './chosen';
import { addHistoryCommands } from './commands';
import { rememberTimeline } from './memory';
import { TimelineModel } from './model';
import { HistoryPanel } from './panel';
import { addRecreateCommand } from './recreate';

const IN_PALETTE = [
  CommandIDs.openHistory,
  CommandIDs.checkpoint,
  CommandIDs.protect,
  CommandIDs.review,
  CommandIDs.fileHistory,
  CommandIDs.switchBranch,
  CommandIDs.newBranch,
  CommandIDs.renameBranch,
  CommandIDs.deleteBranch,
  CommandIDs.thisBranch,
  CommandIDs.showHidden,
  CommandIDs.refresh,
  CommandIDs.cancelTask,
  CommandIDs.automatic
] as const;

export const historyPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-repro:history',
  description: 'The history sidebar: checkpoints of the workspace, and what can be done with them.',
  autoStart: true,
  requires: [IWorkspaceModel, IDocuments, IDocumentManager],
  optional: [
    IDefaultFileBrowser,
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    ITranslator,
    INotebookTree,
    IStateDB
  ],
  activate: (
    app: JupyterFrontEnd,
    workspace: IWorkspaceModel,
    documents: IDocuments,
    docManager: IDocumentManager,
    browser: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    translator: ITranslator | null,
    tree: INotebookTree | null,
    stateDB: IStateDB | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    let made: TimelineModel | undefined;
    const timeline = (): TimelineModel => {
      if (made === undefined) {
        made = new TimelineModel(workspace);
        if (stateDB !== null) {
          void rememberTimeline(made, stateDB).catch((error: unknown) => console.error(error));
        }
      }
      return made;
    };
    const time = new TimeFormat(localeOf((translator ?? nullTranslator).languageCode));
    const panel = new HistoryPanel({
      workspace,
      timeline,
      commands: app.commands,
      trans,
      time
    });
    if (tree === null) {
      app.shell.add(panel, 'left', { rank: 150, type: 'History' });
      restorer?.add(panel, 'jupyter-repro-history');
    } else {
      panel.title.label = trans.__('History');
      tree.addWidget(panel);
      tree.tabBar.addTab(panel.title);
    }
    addHistoryCommands({
      app,
      workspace,
      timeline,
      made: () => made,
      docManager,
      browser,
      trans,
      show: () => {
        if (tree === null) {
          app.shell.activateById(panel.id);
        } else {
          tree.currentWidget = panel;
        }
      }
    });
    addRecreateCommand({ commands: app.commands, workspace, documents, trans, time });
    const category = trans.__('History');
    for (const command of IN_PALETTE) {
      palette?.addItem({ command, category });
    }
    addChosenCommands({
      commands: app.commands,
      palette,
      category,
      trans,
      chosen: () => made?.chosen ?? null
    });
    launcher?.add({
      command: CommandIDs.openHistory,
      args: { isLauncher: true },
      category: trans.__('Other'),
      rank: 50
    });
  }
};
