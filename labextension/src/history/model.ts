/** The timeline: pages of commits, what is expanded, where the focus is. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';

import type { Commit, HistoryPage, Session, SoftwareBadge } from '../api/client';
import { isAbort, messageOf } from '../api/client';
import type { IWorkspaceModel } from '../tokens';
import { Places } from '../ui/rows';
import { isSelective, NO_FILTER, queryOf, type IFilter } from './filter';
import { layOut, type IGraph } from './graph';
import type { ITimelineMemory } from './memory';
import { OpenCommits } from './open-commits';
import { rowsOf, type Row } from './rows';
import { SoftwareBadges } from './software-badges';

/** Rows of the first page: enough for a tall screen. */
const FIRST = 100;
/** Rows of the pages after it: whoever scrolls, scrolls on. */
const NEXT = 500;
const MOST = 1000;

/** Open rows that a reload brings back. */
const MOST_REMEMBERED = 20;

/** Commits of one project, newest first. */
export class TimelineModel {
  constructor(readonly workspace: IWorkspaceModel) {
    this._expanded = new OpenCommits(workspace.api, () => this._touch());
    this._badges = new SoftwareBadges(workspace.api, () => this._changed.emit());
    workspace.historyChanged.connect(this._onHistoryChanged, this);
    workspace.changed.connect(this._onWorkspaceChanged, this);
    this._onWorkspaceChanged();
  }

  /** Anything that the view shows changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get commits(): readonly Commit[] {
    return this._commits;
  }

  get sessions(): ReadonlyMap<string, Session> {
    return this._sessions;
  }

  get rows(): readonly Row[] {
    this._layOut();
    return this._rows;
  }

  get places(): Places {
    this._layOut();
    return this._places;
  }

  /** Lanes of the branch graph; 1 when there is nothing to draw. */
  get lanes(): number {
    this._layOut();
    return this._graph.width;
  }

  get filter(): IFilter {
    return this._filter;
  }

  set filter(filter: IFilter) {
    this._isUsed = true;
    this._filter = filter;
    this._seeking = true;
    void this.reload(FIRST);
  }

  /** The rows are those of the filter before: the answer for this one is on its way. */
  get isSeeking(): boolean {
    return this._seeking;
  }

  /** The first page is on its way and there is nothing to show. */
  get isLoading(): boolean {
    return this._loading && this._commits.length === 0;
  }

  get isLoadingMore(): boolean {
    return this._loading && this._commits.length > 0;
  }

  get isComplete(): boolean {
    return this._next === null && !this._loading;
  }

  get problem(): string | null {
    return this._problem;
  }

  /** Automatic checkpoints that retention hides between the rows. */
  get hidden(): number {
    return this._hidden;
  }

  /** Key of the row that has the focus. */
  get focus(): string | null {
    return this._focus;
  }

  /** The checkpoint that has it, or that one of its files has it of. */
  get chosen(): Commit | null {
    const row = this.rows.find(({ key }) => key === this._focus);
    return row === undefined || row.kind === 'session' ? null : row.commit;
  }

  /** First side of a comparison, chosen by the user. */
  get marked(): Commit | null {
    return this._marked;
  }

  /** What a reload of the page should bring back; null while no project is known. */
  get memory(): ITimelineMemory | null {
    if (this._project === null) {
      return null;
    }
    return {
      project: this._project,
      filter: this._filter,
      expanded: [...this._expanded.all.keys()].slice(-MOST_REMEMBERED),
      closed: [...this._closed].slice(-MOST_REMEMBERED)
    };
  }

  /** Brings back what was open, when it is of the project that is shown and nobody has done anything here yet. */
  recall(memory: ITimelineMemory): void {
    if (this._isUsed) {
      return;
    }
    if (this._project !== memory.project) {
      this._recalled = this._project === null ? memory : null;
      return;
    }
    this._recalled = null;
    memory.closed.forEach(key => this._closed.add(key));
    memory.expanded.forEach(id => void this._expanded.open(memory.project, id));
    if (JSON.stringify(memory.filter) !== JSON.stringify(this._filter)) {
      this.filter = { ...NO_FILTER, ...memory.filter };
    }
  }

  dispose(): void {
    this._abort?.abort();
    Signal.clearData(this);
  }

  /** Badges of the commits with which the software changed, by their ids; they come after the commits. */
  get badges(): ReadonlyMap<string, SoftwareBadge> {
    return this._badges.all;
  }

  commit(id: string): Commit | undefined {
    return this._commits.find(commit => commit.id === id);
  }

  /** Reads again what is shown. */
  async reload(atLeast = this._commits.length): Promise<void> {
    this._next = undefined;
    await this._read(Math.min(MOST, Math.max(FIRST, atLeast)), true);
  }

  /** Reads the next page, unless there is none or it is on its way. */
  async more(): Promise<void> {
    if (!this._loading && this._next !== null && this._problem === null) {
      await this._read(NEXT, false);
    }
  }

  setFocus(key: string | null): void {
    if (key !== this._focus) {
      this._focus = key;
      this._changed.emit();
    }
  }

  mark(commit: Commit | null): void {
    this._marked = commit;
    this._changed.emit();
  }

  /** Opens or closes a commit, or one of its folders; opens one again that could not be read. */
  async toggle(row: Row, open?: boolean): Promise<void> {
    this._isUsed = true;
    if (row.kind === 'folder') {
      const key = `${row.commit.id}:${row.path}`;
      if (open ?? this._closed.has(key)) {
        this._closed.delete(key);
      } else {
        this._closed.add(key);
      }
      this._touch();
    } else if (row.kind === 'note' && row.note === 'failed') {
      await this._expanded.open(this._project!, row.commit.id);
    } else if (row.kind === 'commit') {
      const { id } = row.commit;
      const isOpen = this._expanded.all.has(id);
      if (open === isOpen) {
        return;
      }
      if (isOpen) {
        this._expanded.close(id);
      } else {
        await this._expanded.open(this._project!, id);
      }
    }
  }

  /** Changed files of an expanded commit that were too many to read at once. */
  async moreChanges(id: string): Promise<void> {
    await this._expanded.more(this._project!, id);
  }

  private async _read(limit: number, fresh: boolean): Promise<void> {
    this._abort?.abort();
    const project = this._project;
    if (project === null) {
      return;
    }
    const abort = new AbortController();
    this._abort = abort;
    this._loading = true;
    this._changed.emit();
    try {
      const page = await this.workspace.api.call('get', '/projects/{project}/commits', {
        path: { project },
        query: {
          ...queryOf(this._filter, this.workspace.state?.branch ?? ''),
          limit,
          ...(fresh || this._next === undefined || this._next === null
            ? {}
            : { cursor: this._next })
        },
        signal: abort.signal
      });
      if (this._abort === abort) {
        this._take(page, fresh);
      }
    } catch (error) {
      if (this._abort === abort && !isAbort(error)) {
        this._problem = messageOf(error);
        if (this._seeking) {
          // They are those of another filter.
          this._commits = [];
        }
      }
    } finally {
      if (this._abort === abort) {
        this._abort = null;
        this._loading = false;
        this._seeking = false;
        this._touch();
      }
    }
  }

  private _take(page: HistoryPage, fresh: boolean): void {
    if (fresh) {
      this._commits = [];
      this._sessions = new Map();
      this._hidden = 0;
    }
    this._commits = [...this._commits, ...page.items];
    for (const session of page.sessions) {
      this._sessions.set(session.id, session);
    }
    void this._badges.read(this._project!, page.items);
    this._hidden += page.hidden;
    this._next = page.next;
    this._problem = null;
    this._hasBranches = page.multiple_branches;
  }

  private _layOut(): void {
    if (!this._stale) {
      return;
    }
    this._stale = false;
    const current = this.workspace.state?.branch ?? '';
    // Rows are missing, or there is but one line: then all dots stand in one lane.
    const plain = isSelective(this._filter) || !this._hasBranches;
    const commits = plain
      ? this._commits.map(({ id, parents }) => ({ id, parents, branch: '' }))
      : this._commits;
    this._graph = layOut(commits, plain ? '' : current, this._next === null);
    this._rows = rowsOf({
      commits: this._commits,
      sessions: this._sessions,
      graph: this._graph,
      expanded: this._expanded.all,
      closed: this._closed
    });
    this._places = new Places(this._rows);
  }

  private _touch(): void {
    this._stale = true;
    this._changed.emit();
  }

  private _onWorkspaceChanged(): void {
    const project = this.workspace.state?.project.id ?? null;
    if (project === this._project) {
      // The server is there again.
      if (this._problem !== null && this.workspace.problem === null && !this._loading) {
        void this.reload();
      }
      return;
    }
    this._project = project;
    this._commits = [];
    this._badges.clear();
    this._sessions = new Map();
    this._expanded.clear();
    this._closed.clear();
    this._focus = null;
    this._marked = null;
    this._filter = NO_FILTER;
    this._problem = null;
    this._seeking = false;
    this._touch();
    void this.reload(FIRST);
    if (this._recalled !== null) {
      this.recall(this._recalled);
    }
  }

  private _onHistoryChanged(): void {
    void this.reload();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _expanded: OpenCommits;
  private readonly _closed = new Set<string>();
  private _commits: readonly Commit[] = [];
  private _sessions = new Map<string, Session>();
  private _graph: IGraph = { rows: [], width: 1 };
  private _rows: readonly Row[] = [];
  private _places = new Places();
  private _stale = true;
  private _project: string | null = null;
  private _filter: IFilter = NO_FILTER;
  private _next: string | null | undefined;
  private readonly _badges: SoftwareBadges;
  private _hidden = 0;
  private _hasBranches = false;
  private _loading = false;
  private _seeking = false;
  /** Somebody filtered or opened something: what was remembered comes too late. */
  private _isUsed = false;
  private _recalled: ITimelineMemory | null = null;
  private _problem: string | null = null;
  private _abort: AbortController | null = null;
  private _focus: string | null = null;
  private _marked: Commit | null = null;
}
