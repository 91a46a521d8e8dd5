/** What can be done with environments: asks the server, follows the work, and says how it ended. */
import { Notification } from '@jupyterlab/apputils';
import type { KernelSpec } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { messageOf, type EnvironmentDefinition, type Selection, type Task } from '../api/client';
import { follow, TaskCancelled } from '../api/tasks';
import { EnvironmentCommands } from './ids';
import type { EnvironmentsModel } from './model';

/** Milliseconds that a piece of good news stays. */
const BRIEF = 5000;
/** Long enough to act on it. */
const LONGER = 9000;

export interface IActionsOptions {
  model: EnvironmentsModel;
  commands: CommandRegistry;
  kernels: KernelSpec.IManager;
  trans: TranslationBundle;
  /** Of which builds the end is told. */
  tells: () => 'all' | 'failed' | 'none';
}

export interface INewEnvironment {
  readonly name: string;
  readonly description: string;
  readonly definition: EnvironmentDefinition;
  readonly message: string;
}

export class Actions {
  constructor(private readonly _options: IActionsOptions) {}

  /** Makes an environment and builds it; returns its id. */
  async create(wanted: INewEnvironment): Promise<string> {
    const { model } = this._options;
    const saved = await this._api.call('post', '/environments', { body: { ...wanted } });
    model.touch(saved.environment.id);
    this._watch(saved.task, saved.environment.id, saved.environment.name, saved.revision);
    return saved.environment.id;
  }

  /** Saves a definition as the next revision and builds it; returns its number. */
  async save(
    id: string,
    definition: EnvironmentDefinition,
    message: string,
    after: number
  ): Promise<number> {
    const { model, trans } = this._options;
    const saved = await this._api.call('post', '/environments/{environment}/revisions', {
      path: { environment: id },
      body: { definition, message, after }
    });
    model.touch(id);
    if (!saved.created) {
      Notification.info(trans.__('r%1 says the same already.', saved.revision), {
        autoClose: BRIEF
      });
    }
    this._watch(saved.task, id, saved.environment.name, saved.revision);
    return saved.revision;
  }

  /** Makes an environment of one's own from a revision; returns its id. */
  async duplicate(id: string, name: string, revision: number | null): Promise<string> {
    const saved = await this._api.call('post', '/environments/{environment}/duplicate', {
      path: { environment: id },
      body: { name, ...(revision === null ? {} : { revision }) }
    });
    this._options.model.touch(saved.environment.id);
    this._watch(saved.task, saved.environment.id, saved.environment.name, saved.revision);
    return saved.environment.id;
  }

  /** Changes what is no part of the definition. */
  async change(
    id: string,
    change: { description?: string; archived?: boolean; default?: boolean }
  ): Promise<void> {
    await this._api.call('patch', '/environments/{environment}', {
      path: { environment: id },
      body: change
    });
    this._options.model.touch(id);
  }

  async share(
    id: string,
    visibility: 'private' | 'shared' | 'everyone',
    users: string[],
    groups: string[]
  ): Promise<void> {
    await this._api.call('put', '/environments/{environment}/sharing', {
      path: { environment: id },
      body: { visibility, users, groups }
    });
    this._options.model.touch(id);
  }

  /** Builds a revision again; without the cache, every instruction of it. */
  async build(id: string, name: string, revision: number, cache = true): Promise<void> {
    const { task } = await this._api.call('post', '/environments/{environment}/builds', {
      path: { environment: id },
      body: { revision, cache }
    });
    this._options.model.touch(id);
    const started = await this._api.call('get', '/tasks/{task}', { path: { task } });
    this._watch(started, id, name, revision);
  }

  async cancel(id: string, build: string): Promise<void> {
    await this._api.call('post', '/environments/{environment}/builds/{build}/cancel', {
      path: { environment: id, build }
    });
  }

  /** Makes a revision the one that users get. */
  async activate(id: string, name: string, revision: number): Promise<void> {
    const { model, trans, kernels } = this._options;
    const task = await this._api.call('post', '/environments/{environment}/activate', {
      path: { environment: id },
      body: { revision }
    });
    await follow(this._api, task, 'activate-environment');
    model.touch(id);
    await Promise.all([kernels.refreshSpecs(), model.workspace.refresh()]);
    Notification.success(trans.__('r%2 is the active revision of %1 now.', name, revision), {
      autoClose: BRIEF
    });
  }

  /** Lets the workspace use an environment: a revision, or null for the active one; no environment: none of ours. */
  async use(environment: string | null, revision: number | null): Promise<void> {
    const { model } = this._options;
    const task = await this._api.call('put', '/workspaces/{workspace}/environment', {
      path: { workspace: this._workspaceId() },
      body: { environment, revision }
    });
    model.workspace.track(task);
    const done = await follow(this._api, task, 'use-environment', now =>
      model.workspace.track(now)
    );
    await this._chosen(done.selection);
  }

  /** Lets the workspace use the software of a past commit; files stay as they are. */
  async restore(commit: string): Promise<void> {
    const { model, trans } = this._options;
    const task = await this._api.call('post', '/workspaces/{workspace}/restore-environment', {
      path: { workspace: this._workspaceId() },
      body: { commit }
    });
    const done = await follow(this._api, task, 'restore-environment', now =>
      model.workspace.track(now)
    );
    await this._chosen(done.selection);
    if (done.notice !== null) {
      Notification.warning(done.notice, {
        autoClose: false,
        actions: [
          {
            label: trans.__('Compare'),
            callback: () =>
              void this._options.commands.execute(EnvironmentCommands.compare, {
                a: commit,
                b: 'now'
              })
          }
        ]
      });
    }
  }

  /** After a choice: kernels of it in the launcher, and one sentence. */
  private async _chosen(selection: Selection): Promise<void> {
    const { model, trans, kernels, commands } = this._options;
    await Promise.all([kernels.refreshSpecs(), model.refresh(), model.workspace.refresh()]);
    const { used } = selection;
    const message =
      used === null
        ? trans.__('New kernels run in what the server itself uses.')
        : trans.__('“%1” is in the launcher: new kernels run in it.', used.label);
    Notification.success(message, {
      autoClose: LONGER,
      actions: commands.hasCommand('launcher:create')
        ? [
            {
              label: trans.__('Open the launcher'),
              callback: () => void commands.execute('launcher:create')
            }
          ]
        : []
    });
  }

  /** Tells when a build ends, wherever the user is by then. */
  private _watch(task: Task | null, id: string, name: string, revision: number): void {
    if (task !== null) {
      void this._tell(task, id, `${name} r${revision}`, revision);
    }
  }

  private async _tell(task: Task, id: string, label: string, revision: number): Promise<void> {
    const { model, trans, commands, kernels, tells } = this._options;
    const show = {
      label: trans.__('Show'),
      callback: () => void commands.execute(EnvironmentCommands.open, { environment: id, revision })
    };
    try {
      const done = await follow(this._api, task, 'build-environment');
      const usedHere = model.selection?.used?.environment === id;
      if (tells() === 'all') {
        Notification.success(
          trans._n('%2 is ready: %1 package.', '%2 is ready: %1 packages.', done.packages, label),
          {
            autoClose: LONGER,
            actions: usedHere || model.workspace.state === null ? [show] : [show, this._useHere(id)]
          }
        );
      }
      if (usedHere) {
        await Promise.all([kernels.refreshSpecs(), model.workspace.refresh()]);
      }
    } catch (error) {
      if (error instanceof TaskCancelled) {
        Notification.info(trans.__('The build of %1 was cancelled.', label), { autoClose: BRIEF });
      } else if (tells() !== 'none') {
        Notification.error(trans.__('The build of %1 failed: %2', label, messageOf(error)), {
          autoClose: false,
          actions: [show]
        });
      }
    }
    model.touch(id);
  }

  private _useHere(environment: string): Notification.IAction {
    const { trans, commands } = this._options;
    return {
      label: trans.__('Use it here'),
      displayType: 'accent',
      callback: () => void commands.execute(EnvironmentCommands.use, { environment })
    };
  }

  private _workspaceId(): string {
    const { state } = this._options.model.workspace;
    if (state === null) {
      throw new Error(
        this._options.trans.__('This folder is not protected: protect it first, then choose.')
      );
    }
    return state.workspace.id;
  }

  private get _api() {
    return this._options.model.workspace.api;
  }
}
