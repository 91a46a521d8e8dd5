/** "Recreate workspace from here": asks, follows the work, and leads into the new workspace. */
import { Clipboard, Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import {
  ApiError,
  messageOf,
  type RecreateDone,
  type RecreatePlan,
  type Task,
  type Used
} from '../api/client';
import { follow } from '../api/tasks';
import type { ISoftwareNow } from '../environments/recreate-choice';
import type { TimeFormat } from '../format/time';
import { CommandIDs, type IDocuments, type IWorkspaceModel } from '../tokens';
import { textOf } from '../ui/args';
import { recreateIcon } from '../ui/icons';
import { once, told } from '../workspace/commands';
import type { IChosen } from './recreate-view';

/** Milliseconds that a refusal stays: the form tells it too. */
const BRIEF = 5000;

interface IContext {
  commands: CommandRegistry;
  workspace: IWorkspaceModel;
  documents: IDocuments;
  trans: TranslationBundle;
  time: TimeFormat;
}

export function addRecreateCommand(context: IContext): void {
  const { commands, workspace, trans } = context;
  commands.addCommand(CommandIDs.recreate, {
    label: trans.__('Recreate Workspace From Here…'),
    caption: trans.__('All files of this checkpoint in a new directory, on a new branch'),
    icon: recreateIcon,
    isEnabled: () => workspace.state !== null,
    execute: args =>
      once(CommandIDs.recreate, asked =>
        told(trans, trans.__('Recreate'), () =>
          recreate(context, textOf(args, 'commit') || '@', asked)
        )
      )
  });
}

async function recreate(context: IContext, commit: string, asked: () => void): Promise<void> {
  const { workspace } = context;
  const project = workspace.state?.project.id ?? 'current';
  const plan = await workspace.api.call('get', '/projects/{project}/recreate', {
    path: { project },
    query: { commit }
  });
  let chosen: IChosen | null = {
    branch: plan.branch,
    directory: plan.directory,
    software: plan.environment === null ? 'none' : 'then'
  };
  const { softwareNow } = await import('../environments/recreate-choice');
  const here = workspace.state?.workspace.id ?? 'current';
  const now = softwareNow(workspace.api, project, here, plan.commit.id);
  let problem: string | null = null;
  let isSettled = false;
  for (;;) {
    chosen = await ask(context, plan, chosen, problem, now);
    if (chosen === null) {
      return;
    }
    isSettled ||= await context.documents.settle('recreate');
    if (!isSettled) {
      return;
    }
    try {
      const task = await workspace.api.call('post', '/projects/{project}/recreate', {
        path: { project },
        body: {
          commit: plan.commit.id,
          directory: chosen.directory.trim(),
          environment: chosen.software === 'then',
          ...(chosen.branch.trim() === '' ? {} : { branch: chosen.branch.trim() })
        }
      });
      asked();
      await followed(context, task, chosen.software === 'now' ? (await now).used : null);
      return;
    } catch (error) {
      // A name that is taken is for the user to change, in the form as it was.
      if (!(error instanceof ApiError)) {
        throw error;
      }
      problem = error.message;
    }
  }
}

/** One notification for the whole of it: progress first, then the way in, or why not. */
async function followed(context: IContext, task: Task, used: Used | null): Promise<void> {
  const { workspace, trans } = context;
  const id = Notification.emit(task.title, 'in-progress', { autoClose: false, progress: 0 });
  try {
    const done = await follow(workspace.api, task, 'recreate', now => {
      workspace.track(now);
      const fraction = now.progress?.fraction;
      if (typeof fraction === 'number') {
        Notification.update({
          id,
          message: trans.__('Recreating… %1%', Math.floor(fraction * 100)),
          progress: fraction
        });
      }
    });
    if (used !== null) {
      await chooseThere(context, done.workspace, used);
    }
    Notification.update({ id, autoClose: false, ...arrival(context, done) });
  } catch (error) {
    Notification.update({
      id,
      type: 'error',
      message: messageOf(error),
      autoClose: BRIEF
    });
    throw error;
  }
}

/** Lets the new workspace use what this one uses. */
async function chooseThere({ workspace }: IContext, recreated: string, used: Used): Promise<void> {
  const task = await workspace.api.call('put', '/workspaces/{workspace}/environment', {
    path: { workspace: recreated },
    body: {
      environment: used.environment ?? used.name,
      revision: used.pinned ? used.revision : null
    }
  });
  await follow(workspace.api, task, 'use-environment');
}

async function ask(
  { trans, time }: IContext,
  plan: RecreatePlan,
  chosen: IChosen,
  problem: string | null,
  now: Promise<ISoftwareNow>
): Promise<IChosen | null> {
  const { recreateForm } = await import('./recreate-view');
  const result = await showDialog<IChosen>({
    title: trans.__('Recreate workspace from here'),
    body: recreateForm({ plan, chosen, now, problem, trans, time }),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Recreate') })
    ],
    focusNodeSelector: '#jpr-branch'
  });
  return result.button.accept ? result.value : null;
}

/** The good news, and the way into the new workspace. */
function arrival({ commands, trans }: IContext, done: RecreateDone) {
  const { server_path, path, branch, environment, notice } = done;
  const parts = [
    trans.__('The workspace is there, on branch %1: %2', branch, path),
    ...(environment === null ? [] : [trans.__('Its environment is %1.', environment)]),
    ...(notice === null ? [] : [notice])
  ];
  return {
    type: notice === null ? ('success' as const) : ('warning' as const),
    message: parts.join('\n'),
    actions: [
      {
        label: trans.__('Open'),
        displayType: 'accent' as const,
        callback: () => {
          if (server_path === null) {
            void tellHow(path, trans);
          } else {
            // The sidebar follows the file browser into the new workspace.
            void commands.execute('filebrowser:go-to-path', { path: `/${server_path}` });
          }
        }
      }
    ]
  };
}

/** Outside of what this server may show: the way to open it. */
async function tellHow(path: string, trans: TranslationBundle): Promise<void> {
  const quoted = /^[\w./+-]+$/.test(path) ? path : `'${path.replace(/'/g, `'\\''`)}'`;
  const command = `jupyter lab ${quoted}`;
  const result = await showDialog({
    title: trans.__('Open the new workspace'),
    body: trans.__(
      'It lies outside the directory that this JupyterLab was started in. Open it in a JupyterLab of its own, with this command in a terminal: %1',
      command
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      Dialog.okButton({ label: trans.__('Copy the command') })
    ]
  });
  if (result.button.accept) {
    Clipboard.copyToSystem(command);
  }
}
