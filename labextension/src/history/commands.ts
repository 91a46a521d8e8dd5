/** Commands about the timeline itself: open it, filter it, choose in it. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { copyIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import { liesIn } from '../format/names';
import { CommandIDs, type IWorkspaceModel } from '../tokens';
import { optional, textOf, type Args } from '../ui/args';
import { compareIcon, historyIcon } from '../ui/icons';
import { NO_FILTER } from './filter';
import type { TimelineModel } from './model';

export interface IHistoryCommands {
  app: JupyterFrontEnd;
  workspace: IWorkspaceModel;
  timeline: () => TimelineModel;
  /** The same, when it was ever needed: labels are no reason to read the history. */
  made: () => TimelineModel | undefined;
  /** Brings the sidebar into sight. */
  show: () => void;
  docManager: IDocumentManager;
  browser: IDefaultFileBrowser | null;
  trans: TranslationBundle;
}

export function addHistoryCommands(context: IHistoryCommands): void {
  const { app, workspace, timeline, made, show, trans } = context;
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
    isEnabled: args => isProtected() && pathInMind(context, args) !== null,
    execute: args => {
      const path = pathInMind(context, args);
      if (path !== null) {
        timeline().filter = { ...NO_FILTER, path };
        show();
      }
    }
  });

  commands.addCommand(CommandIDs.thisBranch, {
    label: trans.__('Only This Branch'),
    isToggled: () => made()?.filter.thisBranch === true,
    isEnabled: isProtected,
    execute: () => {
      const { filter } = timeline();
      timeline().filter = { ...filter, thisBranch: !filter.thisBranch };
    }
  });

  commands.addCommand(CommandIDs.showHidden, {
    label: trans.__('All Automatic Checkpoints'),
    isToggled: () => made()?.filter.hidden === true,
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
      const marked = made()?.marked ?? null;
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

/** The file that is named, or that a context menu was opened on (`here`), or the one in front. Of the workspace. */
function pathInMind(context: IHistoryCommands, args: Args): string | null {
  const named = optional(args, 'path');
  if (named !== null) {
    return named;
  }
  const { app, workspace, docManager, browser } = context;
  const root = workspace.state?.workspace.server_path ?? null;
  if (root === null) {
    return null;
  }
  // Lab remembers the last click of that kind for ever: menus and the palette are not about it.
  const hit = (test: (node: HTMLElement) => boolean): HTMLElement | undefined =>
    args.here === true ? app.contextMenuHitTest(test) : undefined;
  const listing = hit(node => node.classList.contains('jp-DirListing-item'));
  let path: string | undefined;
  if (listing !== undefined && browser !== null) {
    path = [...browser.selectedItems()][0]?.path;
  } else {
    const tab = hit(node => node.dataset.id !== undefined);
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
