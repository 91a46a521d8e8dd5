/**
 * The state of the workspace that the user is in, kept fresh: asked for at a gentle pace, at once when something
 * hints at news, and more often while a task runs. Hints are never believed, only followed by a question.
 */
import { Debouncer, Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';

import type {
  Api,
  Branch,
  CheckpointDone,
  Here,
  SwitchDone,
  Task,
  WorkspaceState
} from '../api/client';
import { ApiError, messageOf } from '../api/client';
import { follow, hasEnded } from '../api/tasks';
import { liesIn } from '../format/names';
import type { IRestored, IWorkspaceModel } from '../tokens';

const SECOND = 1000;
/** After a hint, wait for the rest of the burst. */
const SETTLE = 400;
const WHILE_RUNNING = SECOND;

export namespace WorkspaceModel {
  export interface IOptions {
    api: Api;
    /** Seconds between two looks at the directory while nothing happens. */
    interval?: number;
    /** Do not ask while nobody looks. */
    standby?: Poll.Standby | (() => boolean | Poll.Standby);
  }
}

/** See `IWorkspaceModel`. */
export class WorkspaceModel implements IWorkspaceModel {
  constructor(options: WorkspaceModel.IOptions) {
    this.api = options.api;
    this._poll = new Poll({
      name: 'jupyter-repro:state',
      auto: false,
      factory: () => this._ask(),
      frequency: { interval: (options.interval ?? 30) * SECOND, backoff: true, max: 300 * SECOND },
      standby: options.standby ?? 'when-hidden'
    });
    this._soon = new Debouncer(() => this.refresh(), SETTLE);
  }

  readonly api: Api;

  get here(): Here | null {
    return this._here;
  }

  get state(): WorkspaceState | null {
    return this._here?.state ?? null;
  }

  get problem(): string | null {
    return this._problem;
  }

  get task(): Task | null {
    return this._task;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get historyChanged(): ISignal<this, void> {
    return this._historyChanged;
  }

  get filesChanged(): ISignal<this, void> {
    return this._filesChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get directory(): string {
    return this._directory;
  }

  set directory(directory: string) {
    if (directory === this._directory) {
      return;
    }
    this._directory = directory;
    const root = this.state?.workspace.server_path ?? null;
    if (root !== null && liesIn(directory, root) && liesIn(this._askedFor, root)) {
      // Still inside the same workspace, unless another one nests below: the next regular look will tell.
      return;
    }
    void this.refresh();
  }

  /** Seconds between two looks while nothing happens. */
  set interval(seconds: number) {
    this._poll.frequency = { ...this._poll.frequency, interval: seconds * SECOND };
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._poll.dispose();
    this._soon.dispose();
    Signal.clearData(this);
  }

  async refresh(): Promise<void> {
    this._wanted += 1;
    await this._poll.refresh();
    await this._poll.tick.catch(() => undefined);
  }

  hint(kind: 'files' | 'history'): void {
    this._staleHistory ||= kind === 'history';
    void this._soon.invoke().catch(() => undefined);
  }

  /** Somebody else restored or switched in this workspace. */
  filesWritten(): void {
    this._filesChanged.emit();
  }

  async protect(project?: string): Promise<void> {
    const directory = this._directory;
    const { state, task } = await this.api.call('post', '/workspaces', {
      body: {
        directory,
        ...(project !== undefined && project !== '' ? { project } : {})
      }
    });
    if (this._here !== null && directory === this._directory) {
      this._here = { ...this._here, protected: true, state };
    }
    this._historyChanged.emit();
    this._changed.emit();
    if (task !== null) {
      await this._run(task, 'checkpoint');
    } else {
      await this.refresh();
    }
  }

  async checkpoint(
    message: string,
    options: { skipUnreadable?: boolean } = {}
  ): Promise<CheckpointDone> {
    const task = await this.api.call('post', '/workspaces/{workspace}/checkpoints', {
      path: { workspace: this._workspace() },
      body: { message, skip_unreadable: options.skipUnreadable ?? false }
    });
    return this._run(task, 'checkpoint');
  }

  async restore(commit: string, paths: readonly string[]): Promise<IRestored> {
    const before = this.state?.commit?.id ?? null;
    const task = await this.api.call('post', '/workspaces/{workspace}/restore', {
      path: { workspace: this._workspace() },
      body: { commit, paths: [...paths] }
    });
    const done = await this._run(task, 'restore');
    this._filesChanged.emit();
    return { done, paths, undo: done.safety ?? before };
  }

  async switchTo(branch: string): Promise<SwitchDone> {
    const task = await this.api.call('post', '/workspaces/{workspace}/switch', {
      path: { workspace: this._workspace() },
      body: { branch }
    });
    const done = await this._run(task, 'switch');
    this._filesChanged.emit();
    return done;
  }

  async branches(): Promise<Branch[]> {
    const project = this.state?.project.id;
    const found: Branch[] = [];
    let cursor: string | null | undefined;
    while (project !== undefined && cursor !== null) {
      const page = await this.api.call('get', '/projects/{project}/branches', {
        path: { project },
        query: { limit: 1000, ...(cursor !== undefined ? { cursor } : {}) }
      });
      found.push(...page.items);
      cursor = page.next;
    }
    return found;
  }

  async cancelTask(): Promise<void> {
    const id = this._task?.id;
    if (id !== undefined) {
      const told = await this.api.call('post', '/tasks/{task}/cancel', { path: { task: id } });
      // It may have ended before this answer came.
      if (this._task?.id === id) {
        this._show(told);
      }
    }
  }

  track(task: Task): void {
    this._show(task);
    if (hasEnded(task)) {
      this._staleHistory = true;
      void this.refresh();
    }
  }

  private _workspace(): string {
    if (this.state === null) {
      throw new ApiError(409, 'not_protected', 'This directory is not protected.');
    }
    return this.state.workspace.id;
  }

  private async _run<K extends Task['kind']>(task: Task, kind: K) {
    try {
      return await follow(this.api, task, kind, now => this._show(now));
    } finally {
      this._staleHistory = true;
      await this.refresh();
    }
  }

  private _show(task: Task): void {
    this._task = hasEnded(task) ? null : task;
    this._changed.emit();
  }

  private async _ask(): Promise<void> {
    const isElsewhere = this._here === null || this._askedFor !== this._directory;
    // What changed may take long to find out, where files are large; the rest is known at once.
    if (isElsewhere || this._staleHistory || this._task !== null) {
      await this._look(false);
    }
    // While something runs it changes all the time.
    if (this._task === null) {
      await this._look(true);
    }
  }

  private async _look(changes: boolean): Promise<void> {
    const directory = this._directory;
    const wanted = this._wanted;
    // The poll drops a wish that comes while an answer is on its way; and that answer may be of before the wish.
    const isOld = (): boolean => wanted !== this._wanted || directory !== this._directory;
    let here: Here;
    try {
      here = await this.api.call('get', '/here', { query: { directory, changes } });
    } catch (error) {
      if (!this._isDisposed && isOld()) {
        return this._look(changes);
      }
      if (!this._isDisposed) {
        this._problem = messageOf(error);
        this._changed.emit();
      }
      throw error;
    }
    if (this._isDisposed) {
      return;
    }
    if (isOld()) {
      return this._look(changes);
    }
    const before = this.state;
    this._askedFor = directory;
    this._here = changes ? here : withChanges(here, before);
    this._problem = here.problem;
    const after = this.state;
    this._task = after?.tasks.find(task => !hasEnded(task)) ?? null;
    if (
      this._staleHistory ||
      before?.commit?.id !== after?.commit?.id ||
      before?.workspace.id !== after?.workspace.id ||
      before?.branch !== after?.branch
    ) {
      this._staleHistory = false;
      this._historyChanged.emit();
    }
    this._changed.emit();
    if (this._task !== null) {
      // The poll itself stays calm: this is one more question, and each answer decides about the next.
      setTimeout(() => void this._soon.invoke().catch(() => undefined), WHILE_RUNNING);
    }
  }

  private readonly _poll: Poll;
  private readonly _soon: Debouncer;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _historyChanged = new Signal<this, void>(this);
  private readonly _filesChanged = new Signal<this, void>(this);
  private _directory = '';
  private _askedFor = '';
  /** How often somebody wanted to know. */
  private _wanted = 0;
  private _here: Here | null = null;
  private _problem: string | null = null;
  private _task: Task | null = null;
  private _staleHistory = false;
  private _isDisposed = false;
}

/** The same with what was known to have changed: nobody has looked again. */
function withChanges(here: Here, before: WorkspaceState | null): Here {
  const { state } = here;
  return state === null || before === null || state.workspace.id !== before.workspace.id
    ? here
    : { ...here, state: { ...state, changed: before.changed } };
}
