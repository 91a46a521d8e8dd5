/** Commands about the timeline itself: open it, filter it, choose in it. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { copyIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import { liesIn } from '../format/names';
import { CommandIDs, type IWorkspaceModel } from '../tokens';
import { textOf } from '../ui/args';
import { compareIcon, historyIcon } from '../ui/icons';
import { NO_FILTER } from './filter';
import type { TimelineModel } from './model';

export interface IHistoryCommands {
  app: JupyterFrontEnd;
  workspace: IWorkspaceModel;
  timeline: () => TimelineModel;
  /** Brings the sidebar into sight. */
  show: () => void;
  docManager: IDocumentManager;
  browser: IDefaultFileBrowser | null;
  trans: TranslationBundle;
}

export function addHistoryCommands(context: IHistoryCommands): void {
  const { app, workspace, timeline, show, trans } = context;
  const { commands } = app;
  const isProtected = (): boolean => workspace.state !== null;

  commands.addCommand(CommandIDs.openHistory, {
    label: args => (args.isLauncher === true ? trans.__('History') : trans.__('Show History')),
    caption: trans.__('Checkpoints of this workspace: look into them, compare, put them back'),
    icon: historyIcon,
    execute: show
  });

  commands.addCommand(CommandIDs.fileHistory, {
    label: args =>
      args.folder === true ? trans.__('History of This Folder') : trans.__('History of This File'),
    icon: historyIcon,
    isEnabled: args => isProtected() && (args.path !== undefined || pathInMind(context) !== null),
    execute: args => {
      const path = typeof args.path === 'string' ? args.path : pathInMind(context);
      if (path !== null) {
        timeline().filter = { ...NO_FILTER, path };
        show();
      }
    }
  });

  commands.addCommand(CommandIDs.thisBranch, {
    label: trans.__('Only This Branch'),
    isToggled: () => timeline().filter.thisBranch,
    isEnabled: isProtected,
    execute: () => {
      const { filter } = timeline();
      timeline().filter = { ...filter, thisBranch: !filter.thisBranch };
    }
  });

  commands.addCommand(CommandIDs.showHidden, {
    label: trans.__('All Automatic Checkpoints'),
    isToggled: () => timeline().filter.hidden,
    isEnabled: isProtected,
    execute: () => {
      const { filter } = timeline();
      timeline().filter = { ...filter, hidden: !filter.hidden };
    }
  });

  commands.addCommand(CommandIDs.copyId, {
    label: trans.__('Copy Id'),
    icon: copyIcon,
    execute: args => Clipboard.copyToSystem(textOf(args, 'commit'))
  });

  commands.addCommand(CommandIDs.markForCompare, {
    label: args => {
      const { marked } = timeline();
      if (marked === null) {
        return trans.__('Compare With Another…');
      }
      return marked.id === args.commit
        ? trans.__('Do Not Compare This')
        : trans.__('Compare With the Chosen One');
    },
    icon: compareIcon,
    execute: args => {
      const model = timeline();
      const chosen = model.commit(textOf(args, 'commit'));
      const { marked } = model;
      if (chosen === undefined || marked?.id === chosen.id) {
        model.mark(null);
      } else if (marked === null) {
        model.mark(chosen);
      } else {
        model.mark(null);
        const [a, b] = marked.time <= chosen.time ? [marked, chosen] : [chosen, marked];
        return commands.execute(CommandIDs.compare, { commit: a.id, with: b.id });
      }
      return undefined;
    }
  });
}

/** The file that a context menu was opened on, or the one in front; relative to the workspace. */
function pathInMind({ app, workspace, docManager, browser }: IHistoryCommands): string | null {
  const root = workspace.state?.workspace.server_path ?? null;
  if (root === null) {
    return null;
  }
  const listing = app.contextMenuHitTest(node => node.classList.contains('jp-DirListing-item'));
  let path: string | undefined;
  if (listing !== undefined && browser !== null) {
    path = [...browser.selectedItems()][0]?.path;
  } else {
    const tab = app.contextMenuHitTest(node => node.dataset.id !== undefined);
    const widgets = [...app.shell.widgets('main')];
    const widget =
      widgets.find(one => one.id === tab?.dataset.id) ?? app.shell.currentWidget ?? undefined;
    path = widget === undefined ? undefined : docManager.contextForWidget(widget)?.path;
  }
  const { contents } = docManager.services;
  if (path === undefined || contents.driveName(path) !== '') {
    return null;
  }
  const local = contents.localPath(path);
  return liesIn(local, root) ? local.slice(root === '' ? 0 : root.length + 1) : null;
}
