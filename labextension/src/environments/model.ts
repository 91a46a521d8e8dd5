/** The environments that the user may see, what the workspace here uses, and what its files ask for. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';

import {
  messageOf,
  type Answer,
  type Discovered,
  type Environment,
  type Selection,
  type Task
} from '../api/client';
import type { IWorkspaceModel } from '../tokens';
import { Places } from '../ui/rows';
import { rowsOf, type EnvironmentsRow } from './rows';

/** Environments in one answer. */
const PAGE = 1000;
/** Milliseconds between two looks while something is being built. */
const WHILE_BUILDING = 1500;

/** Whether a build has not ended yet. */
export function isWorking(environment: Environment): boolean {
  return environment.build?.state === 'queued' || environment.build?.state === 'building';
}

export class EnvironmentsModel implements IDisposable {
  constructor(readonly workspace: IWorkspaceModel) {
    workspace.changed.connect(this._onWorkspace, this);
  }

  /** Anything below changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** An environment (its id) was changed, or built, from here: what was read of it is old. */
  get touched(): ISignal<this, string> {
    return this._touched;
  }

  get environments(): readonly Environment[] {
    return this._environments;
  }

  get found(): readonly Discovered[] {
    return this._found;
  }

  /** What the workspace uses; null outside of a workspace. */
  get selection(): Selection | null {
    return this._selection;
  }

  get problem(): string | null {
    return this._problem;
  }

  /** What could not be had when the session began, while what was kept instead is still in use. */
  get notice(): string | null {
    return this._notice;
  }

  get isLoading(): boolean {
    return this._isLoading;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Rows of the list. */
  get rows(): readonly EnvironmentsRow[] {
    return this._rows;
  }

  get places(): Places {
    return this._places;
  }

  get filter(): string {
    return this._filter;
  }

  set filter(text: string) {
    if (text !== this._filter) {
      this._filter = text;
      this._arrange();
    }
  }

  /** Whether those that were put away are listed too. */
  get archived(): boolean {
    return this._archived;
  }

  set archived(archived: boolean) {
    if (archived !== this._archived) {
      this._archived = archived;
      this._changed.emit();
      void this.refresh();
    }
  }

  /** Key of the row that has the focus. */
  get focus(): string | null {
    return this._focus;
  }

  set focus(key: string | null) {
    if (key !== this._focus) {
      this._focus = key;
      this._changed.emit();
    }
  }

  /** Id of the environment whose tab is in front. */
  get shown(): string | null {
    return this._shown;
  }

  set shown(id: string | null) {
    if (id !== this._shown) {
      this._shown = id;
      this._changed.emit();
    }
  }

  /** The environment of that id or name, as the list has it. */
  find(nameOrId: string): Environment | undefined {
    return this._environments.find(one => one.id === nameOrId || one.name === nameOrId);
  }

  /** Reads everything; at most once at a time, and once more when it was asked for meanwhile. */
  refresh(): Promise<void> {
    if (this._reading !== null) {
      this._again = true;
      return this._reading;
    }
    this._reading = this._read().finally(() => {
      this._reading = null;
      if (this._again) {
        this._again = false;
        void this.refresh();
      }
    });
    return this._reading;
  }

  /** The same, unless it was read before. */
  async ensure(): Promise<void> {
    if (!this._isRead) {
      await this.refresh();
    }
  }

  /** Say that an environment is another one now. */
  touch(id: string): void {
    this._touched.emit(id);
    void this.refresh();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      clearTimeout(this._timer);
      Signal.clearData(this);
    }
  }

  private async _read(): Promise<void> {
    this._isLoading = true;
    this._changed.emit();
    try {
      const [environments, here] = await Promise.all([this._readAll(), this._readHere()]);
      this._environments = environments;
      this._selection = here.selection;
      this._found = here.found;
      this._notice = here.notice;
      this._problem = null;
      this._isRead = true;
    } catch (error) {
      this._problem = messageOf(error);
    }
    this._isLoading = false;
    if (!this._isDisposed) {
      this._arrange();
      this._lookAgain();
      // The workspace may have become known, or another one, while this was read.
      this._onWorkspace();
    }
  }

  private async _readAll(): Promise<Environment[]> {
    const found: Environment[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer<'get', '/environments'> = await this.workspace.api.call(
        'get',
        '/environments',
        {
          query: {
            limit: PAGE,
            archived: this._archived ? 'all' : 'no',
            ...(cursor === null ? {} : { cursor })
          }
        }
      );
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return found;
  }

  private async _readHere(): Promise<IHere> {
    const { api, state } = this.workspace;
    this._workspaceId = state?.workspace.id ?? null;
    if (state === null) {
      return { selection: null, found: [], notice: null };
    }
    const path = { workspace: state.workspace.id };
    const [selection, found, tasks] = await Promise.all([
      api.call('get', '/workspaces/{workspace}/environment', { path }),
      api.call('get', '/workspaces/{workspace}/discovered', { path }),
      api.call('get', '/tasks', { query: { workspace: path.workspace } })
    ]);
    return { selection, found: found.files, notice: noticeOf(tasks.items, selection) };
  }

  private _arrange(): void {
    const used = this._selection?.used ?? null;
    this._rows = rowsOf(
      { environments: this._environments, found: this._found, used },
      this._filter
    );
    this._places = new Places(this._rows);
    this._changed.emit();
  }

  private _lookAgain(): void {
    clearTimeout(this._timer);
    if (this._environments.some(isWorking)) {
      this._timer = setTimeout(() => void this.refresh(), WHILE_BUILDING);
    }
  }

  private _onWorkspace(): void {
    const id = this.workspace.state?.workspace.id ?? null;
    if (this._isRead && id !== this._workspaceId) {
      void this.refresh();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _touched = new Signal<this, string>(this);
  private _environments: readonly Environment[] = [];
  private _found: readonly Discovered[] = [];
  private _selection: Selection | null = null;
  private _problem: string | null = null;
  private _notice: string | null = null;
  private _rows: readonly EnvironmentsRow[] = [];
  private _places = new Places();
  private _filter = '';
  private _archived = false;
  private _focus: string | null = null;
  private _shown: string | null = null;
  private _workspaceId: string | null = null;
  private _isLoading = false;
  private _isRead = false;
  private _isDisposed = false;
  private _reading: Promise<void> | null = null;
  private _again = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** What is known of the workspace here. */
interface IHere {
  readonly selection: Selection | null;
  readonly found: Discovered[];
  readonly notice: string | null;
}

/** What the newest session could not have, unless something else was chosen since. */
function noticeOf(tasks: readonly Task[], { used }: Selection): string | null {
  const begun = tasks.map(task => task.result).find(result => result?.kind === 'begin-environment');
  return begun?.kind === 'begin-environment' && begun.selection.used?.label === used?.label
    ? begun.notice
    : null;
}
