/** Commands on the workspace: checkpoint and restore. Each asks, does, and tells how it went. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { refreshIcon, saveIcon, undoIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, type CheckpointDone } from '../api/client';
import { baseName, printable, shortId } from '../format/names';
import { CommandIDs, type IRestored } from '../tokens';
import { textOf } from '../ui/args';
import { addBranchCommands, addTagCommands } from './branch-commands';
import { BRIEF, once, tellFailure, told, UNDOABLE, type IContext } from './tell';

export { once, told } from './tell';

export function addWorkspaceCommands(context: IContext): void {
  addCheckpointCommands(context);
  addRestoreCommands(context);
  addBranchCommands(context);
  addTagCommands(context);
}

function addCheckpointCommands({ commands, workspace, documents, trans }: IContext): void {
  const isProtected = (): boolean => workspace.state !== null;

  commands.addCommand(CommandIDs.checkpoint, {
    label: trans.__('Checkpoint'),
    caption: trans.__('Keep every file of the workspace as it is now'),
    icon: saveIcon,
    isEnabled: () => isProtected() && workspace.task === null,
    execute: async args => {
      const message = textOf(args, 'message');
      if (!(await documents.settle('checkpoint'))) {
        return false;
      }
      const skipUnreadable = args.skipUnreadable === true;
      try {
        tellCheckpoint(await workspace.checkpoint(message, { skipUnreadable }), trans);
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.code === 'unreadable_file' && !skipUnreadable) {
          Notification.error(error.message, {
            autoClose: false,
            actions: [
              {
                label: trans.__('Go on without it'),
                callback: () =>
                  void commands.execute(CommandIDs.checkpoint, { message, skipUnreadable: true })
              }
            ]
          });
          return false;
        }
        tellFailure(trans, trans.__('Checkpoint'), error);
        return false;
      }
    }
  });

  commands.addCommand(CommandIDs.protect, {
    label: trans.__('Protect this folder'),
    caption: trans.__('Keep a history of all files in this folder'),
    isEnabled: () => workspace.here?.can_protect === true && !isProtected(),
    execute: args =>
      told(trans, trans.__('Protect'), () => workspace.protect(textOf(args, 'project')))
  });

  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Look for Changes'),
    icon: refreshIcon,
    execute: async () => {
      workspace.hint('history');
      await workspace.refresh();
    }
  });

  commands.addCommand(CommandIDs.cancelTask, {
    label: trans.__('Stop What Runs'),
    isEnabled: () => workspace.task !== null && !workspace.task.cancelling,
    execute: () => told(trans, trans.__('Cancel'), () => workspace.cancelTask())
  });

  commands.addCommand(CommandIDs.automatic, {
    label: trans.__('Automatic Checkpoints…'),
    execute: () =>
      told(trans, trans.__('Settings'), async () => {
        const { editAutomatic } = await import('./automatic');
        await editAutomatic(workspace.api, trans);
      })
  });

  workspace.changed.connect(() => {
    for (const id of [CommandIDs.checkpoint, CommandIDs.protect, CommandIDs.cancelTask]) {
      commands.notifyCommandChanged(id);
    }
  });
}

function tellCheckpoint(done: CheckpointDone, trans: TranslationBundle): void {
  if (!done.created) {
    Notification.info(trans.__('Nothing has changed since the last checkpoint.'), {
      autoClose: BRIEF
    });
  } else {
    const { added, modified, deleted } = done;
    const counts = [
      ...(added > 0 ? [trans.__('%1 added', added)] : []),
      ...(modified > 0 ? [trans.__('%1 changed', modified)] : []),
      ...(deleted > 0 ? [trans.__('%1 deleted', deleted)] : [])
    ];
    const what = counts.length > 0 ? `: ${counts.join(', ')}` : '';
    Notification.success(trans.__('Checkpoint %1%2', shortId(done.commit), what), {
      autoClose: BRIEF
    });
  }
  const notes = [
    ...(done.notice === null ? [] : [done.notice]),
    ...done.skipped.slice(0, 5).map(({ path, reason }) => `${printable(path)}: ${reason}`)
  ];
  if (done.skipped_total > 5) {
    notes.push(trans.__('and %1 more', done.skipped_total - 5));
  }
  if (notes.length > 0) {
    Notification.warning(notes.join('\n'), { autoClose: false });
  }
}

function addRestoreCommands(context: IContext): void {
  const { commands, workspace, documents, trans } = context;

  commands.addCommand(CommandIDs.restore, {
    label: args =>
      !Array.isArray(args.paths)
        ? trans.__('Restore Everything…')
        : args.folder === true
          ? trans.__('Restore This Folder')
          : trans.__('Restore This File'),
    caption: trans.__('Put files back as they were; what is there now is kept first'),
    icon: undoIcon,
    isEnabled: () => workspace.state !== null && workspace.task === null,
    execute: args => {
      const commit = textOf(args, 'commit');
      const paths = Array.isArray(args.paths) ? args.paths.map(String) : [];
      return once(CommandIDs.restore, asked =>
        told(trans, trans.__('Restore'), async () => {
          const isWanted =
            commit !== '' &&
            (paths.length > 0 || (await confirmed(context, commit))) &&
            (await documents.settle('restore'));
          asked();
          if (isWanted) {
            tellRestore(context, await workspace.restore(commit, paths));
          }
        })
      );
    }
  });
}

/** Says what a restore of everything would do, and asks. */
async function confirmed({ workspace, trans }: IContext, commit: string): Promise<boolean> {
  const { state } = workspace;
  if (state === null) {
    return false;
  }
  const { counts } = await workspace.api.call('get', '/projects/{project}/diff', {
    path: { project: state.project.id },
    query: { a: commit, workspace: state.workspace.id, limit: 1 }
  });
  const written = counts.deleted + counts.modified + counts.renamed;
  const removed = counts.added;
  if (written + removed === 0) {
    Notification.info(trans.__('Every file is as it was then: there is nothing to restore.'), {
      autoClose: BRIEF
    });
    return false;
  }
  const will = [
    ...(written > 0 ? [trans._n('%1 file is put back', '%1 files are put back', written)] : []),
    ...(removed > 0
      ? [
          trans._n(
            '%1 file that did not exist then is removed',
            '%1 files that did not exist then are removed',
            removed
          )
        ]
      : [])
  ];
  const result = await showDialog({
    title: trans.__('Restore everything to %1?', shortId(commit)),
    body: trans.__(
      '%1. What is there now is kept in a checkpoint first, so that this can be undone.',
      will.join(', ')
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Restore') })
    ]
  });
  return result.button.accept;
}

function tellRestore(context: IContext, restored: IRestored): void {
  const { trans } = context;
  const { done, paths, undo } = restored;
  const what =
    paths.length === 1
      ? trans.__(
          '%1 is back as it was in %2.',
          printable(baseName(paths[0] ?? '')),
          shortId(done.commit)
        )
      : trans._n(
          '%1 file is back as it was in %2.',
          '%1 files are back as they were in %2.',
          done.written + done.removed,
          shortId(done.commit)
        );
  if (done.notice !== null) {
    Notification.warning(done.notice, { autoClose: false });
  }
  Notification.success(what, {
    autoClose: UNDOABLE,
    actions:
      undo === null
        ? []
        : [{ label: trans.__('Undo'), callback: () => void undone(context, undo, paths) }]
  });
}

async function undone(
  { workspace, documents, trans }: IContext,
  commit: string,
  paths: readonly string[]
): Promise<void> {
  if (!(await documents.settle('restore'))) {
    return;
  }
  await told(trans, trans.__('Undo'), async () => {
    await workspace.restore(commit, paths);
    Notification.success(trans.__('Undone: the files are as they were before.'), {
      autoClose: BRIEF
    });
  });
}
