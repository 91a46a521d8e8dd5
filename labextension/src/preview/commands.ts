/** Commands on files of commits: open, browse, copy into the workspace, download. */
import { Notification } from '@jupyterlab/apputils';
import { copyIcon, downloadIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { follow } from '../api/tasks';
import { baseName, printable } from '../format/names';
import { CommandIDs, type IFileAt, type IPreview, type IWorkspaceModel } from '../tokens';
import { optional, textOf, type Args } from '../ui/args';
import { browseIcon, historyIcon } from '../ui/icons';
import { told } from '../workspace/commands';

/** Milliseconds that a piece of news stays. */
export const BRIEF = 6000;

interface IContext {
  commands: CommandRegistry;
  workspace: IWorkspaceModel;
  preview: IPreview;
  trans: TranslationBundle;
  /** Shows a file or directory of the workspace in Lab. */
  openFile(serverPath: string): void;
}

export function addPreviewCommands(context: IContext): void {
  const { commands, workspace, preview, trans } = context;
  const fileOf = (args: Args): IFileAt => ({
    project: optional(args, 'project') ?? workspace.state?.project.id ?? 'current',
    commit: textOf(args, 'commit'),
    path: textOf(args, 'path')
  });

  commands.addCommand(CommandIDs.preview, {
    label: trans.__('Open This Version'),
    caption: trans.__('Read-only, as it was'),
    icon: historyIcon,
    execute: args => {
      const file = fileOf(args);
      return told(trans, printable(baseName(file.path)), () => preview.open(file));
    }
  });

  commands.addCommand(CommandIDs.browse, {
    label: trans.__('Browse All Files'),
    caption: trans.__('The whole directory as it was'),
    icon: browseIcon,
    execute: args => {
      const { project, commit } = fileOf(args);
      return told(trans, trans.__('Browse'), () => preview.browse(project, commit));
    }
  });

  commands.addCommand(CommandIDs.copyFile, {
    label: trans.__('Copy Into Workspace'),
    caption: trans.__('Beside the present file, under a name that is free'),
    icon: copyIcon,
    isEnabled: () => workspace.state !== null,
    execute: args => {
      const { commit, path } = fileOf(args);
      return told(trans, trans.__('Copy'), async () => {
        const task = await workspace.api.call('post', '/workspaces/{workspace}/copy', {
          path: { workspace: workspace.state!.workspace.id },
          body: { commit, path }
        });
        const done = await follow(workspace.api, task, 'copy', now => workspace.track(now));
        workspace.hint('files');
        const { server_path } = done;
        Notification.success(trans.__('Copied to %1.', printable(done.path)), {
          autoClose: BRIEF,
          actions:
            server_path === null
              ? []
              : [{ label: trans.__('Open'), callback: () => context.openFile(server_path) }]
        });
      });
    }
  });

  commands.addCommand(CommandIDs.download, {
    label: trans.__('Download'),
    icon: downloadIcon,
    execute: args => {
      const { project, commit, path } = fileOf(args);
      const link = document.createElement('a');
      link.href = workspace.api.url(
        '/projects/{project}/commits/{commit}/content',
        { project, commit },
        { path, download: true }
      );
      link.download = baseName(path);
      document.body.append(link);
      link.click();
      link.remove();
    }
  });
}
