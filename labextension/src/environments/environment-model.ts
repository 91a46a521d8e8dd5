/** One environment: its revisions, the one that is looked at, and a definition that is being written. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';

import {
  messageOf,
  type Api,
  type Definition,
  type Environment,
  type RevisionComparison,
  type RevisionDetail,
  type RevisionRow
} from '../api/client';
import { Places } from '../ui/rows';
import { BuildLogModel } from './build-log';
import { draftOf, isChanged, type IDraft } from './draft';
import type { EnvironmentsModel } from './model';

const PAGE = 200;
const ROW = 46;

export type Tab = 'revisions' | 'edit' | 'packages' | 'compare';

/** A revision as a row of the table. */
export interface IRevisionRow {
  readonly key: string;
  readonly height: number;
  readonly revision: RevisionRow;
}

export class EnvironmentModel implements IDisposable {
  constructor(
    readonly environments: EnvironmentsModel,
    readonly id: string
  ) {
    this._api = environments.workspace.api;
    environments.touched.connect(this._onTouched, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get environment(): Environment | null {
    return this._environment;
  }

  /** Definition of the newest revision: what an editor begins with. */
  get newest(): Definition | null {
    return this._newest;
  }

  get revisions(): readonly RevisionRow[] {
    return this._revisions;
  }

  get rows(): readonly IRevisionRow[] {
    return this._rows;
  }

  get places(): Places {
    return this._places;
  }

  get problem(): string | null {
    return this._problem;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get tab(): Tab {
    return this._tab;
  }

  set tab(tab: Tab) {
    if (tab !== this._tab) {
      this._tab = tab;
      if (tab === 'compare') {
        void this._compareDefault();
      }
      this._changed.emit();
    }
  }

  /** Number of the revision that is looked at. */
  get selected(): number | null {
    return this._selected;
  }

  /** All of that revision; null until it is read. */
  get detail(): RevisionDetail | null {
    return this._detail?.revision.number === this._selected ? this._detail : null;
  }

  /** The log of its newest build; null when there is none. */
  get log(): BuildLogModel | null {
    return this._log;
  }

  /** What is being written. */
  get draft(): IDraft | null {
    return this._draft;
  }

  set draft(draft: IDraft | null) {
    this._draft = draft;
    this._changed.emit();
  }

  /** Whether the draft differs from the newest revision. */
  get isDirty(): boolean {
    return this._draft !== null && this._newest !== null && isChanged(this._draft, this._newest);
  }

  /** What was written and is not saved, for when the page comes back. */
  get unsaved(): IDraft | null {
    return this._newest === null || this.isDirty ? this._draft : null;
  }

  /** What two revisions are compared: older, newer; and the answer once it is there. */
  get pair(): readonly [number, number] | null {
    return this._pair;
  }

  get comparison(): RevisionComparison | null {
    return this._comparison;
  }

  /** Reads the environment and the first page of its revisions. */
  async load(): Promise<void> {
    const turn = ++this._turn;
    try {
      const path = { environment: this.id };
      const [detail, page] = await Promise.all([
        this._api.call('get', '/environments/{environment}', { path }),
        this._api.call('get', '/environments/{environment}/revisions', {
          path,
          query: { limit: PAGE }
        })
      ]);
      if (turn !== this._turn) {
        // Asked again meanwhile, or closed.
        return;
      }
      // A draft that came back with the page was there before anything was read.
      const wasDirty = this.unsaved !== null;
      this._environment = detail.environment;
      this._newest = detail.newest_definition;
      if (!wasDirty) {
        this._draft = draftOf(detail.newest_definition);
      }
      this._revisions = page.items;
      this._next = page.next;
      this._problem = null;
      this._arrange();
      const numbers = page.items.map(one => one.number);
      if (this._selected === null || !numbers.includes(this._selected)) {
        await this.select(detail.revision.number);
      } else {
        await this._readSelected();
      }
    } catch (error) {
      if (turn === this._turn) {
        this._fail(error);
      }
    }
  }

  /** Reads everything once more that could not be read. */
  async again(): Promise<void> {
    await this.load();
    if (this._pair !== null && this._comparison === null) {
      await this.compare(...this._pair);
    }
  }

  /** Reads older revisions, if there are. */
  async more(): Promise<void> {
    const cursor = this._next;
    // After a failure the user asks again: each drawing of the list would.
    if (cursor === null || this._problem !== null) {
      return;
    }
    this._next = null;
    const turn = this._turn;
    try {
      const page = await this._api.call('get', '/environments/{environment}/revisions', {
        path: { environment: this.id },
        query: { limit: PAGE, cursor }
      });
      if (turn === this._turn) {
        this._revisions = [...this._revisions, ...page.items];
        this._next = page.next;
        this._arrange();
      }
    } catch (error) {
      if (turn === this._turn) {
        this._next = cursor;
        this._fail(error);
      }
    }
  }

  /** A revision was saved: it is what is looked at now, and what an editor goes on from. */
  async saved(number: number): Promise<void> {
    this._draft = null;
    this._selected = number;
    this._tab = 'revisions';
    await this.load();
  }

  /** Looks at a revision. */
  async select(number: number): Promise<void> {
    if (number !== this._selected) {
      this._selected = number;
      this._problem = null;
      this._changed.emit();
      await this._readSelected();
    }
  }

  /** Compares two revisions. */
  async compare(a: number, b: number): Promise<void> {
    const pair = [a, b] as const;
    this._pair = pair;
    this._comparison = null;
    this._changed.emit();
    try {
      const found = await this._api.call('get', '/environments/{environment}/compare', {
        path: { environment: this.id },
        query: { a, b }
      });
      if (pair === this._pair) {
        this._comparison = found;
        this._changed.emit();
      }
    } catch (error) {
      if (pair === this._pair) {
        this._fail(error);
      }
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._turn += 1;
      this._log?.dispose();
      this.environments.touched.disconnect(this._onTouched, this);
      Signal.clearData(this);
    }
  }

  private async _readSelected(): Promise<void> {
    const revision = this._selected;
    if (revision === null) {
      return;
    }
    try {
      const detail = await this._api.call(
        'get',
        '/environments/{environment}/revisions/{revision}',
        { path: { environment: this.id, revision: String(revision) } }
      );
      if (revision !== this._selected || this._isDisposed) {
        return;
      }
      this._detail = detail;
      this._readLog(detail.builds[0]?.id ?? null);
      this._changed.emit();
    } catch (error) {
      if (revision === this._selected) {
        this._fail(error);
      }
    }
  }

  private _fail(error: unknown): void {
    this._problem = messageOf(error);
    this._changed.emit();
  }

  private _readLog(build: string | null): void {
    if (build === this._log?.build) {
      return;
    }
    this._log?.dispose();
    this._log = build === null ? null : new BuildLogModel(this._api, this.id, build);
    // The build's own end decides about state, packages and what is active.
    this._log?.ended.connect(() => this.environments.touch(this.id));
    this._log?.changed.connect(this._onLog, this);
  }

  /** The log is the first to know that a build waits no more. */
  private _onLog(log: BuildLogModel): void {
    const row = this._revisions.find(({ build }) => build?.id === log.build);
    if (log.state === 'building' && row?.build?.state === 'queued') {
      void this.load();
    }
  }

  private async _compareDefault(): Promise<void> {
    const b = this._selected;
    const before = this._revisions.find(one => b !== null && one.number < b)?.number;
    if (this._pair === null && b !== null) {
      await this.compare(before ?? b, b);
    }
  }

  private _arrange(): void {
    this._rows = this._revisions.map(revision => ({
      key: `r-${revision.number}`,
      height: ROW,
      revision
    }));
    this._places = new Places(this._rows);
    this._changed.emit();
  }

  private _onTouched(_: unknown, id: string): void {
    if (id === this.id) {
      void this.load();
    }
  }

  private readonly _api: Api;
  private readonly _changed = new Signal<this, void>(this);
  private _environment: Environment | null = null;
  private _newest: Definition | null = null;
  private _revisions: readonly RevisionRow[] = [];
  private _rows: readonly IRevisionRow[] = [];
  private _places = new Places();
  private _next: string | null = null;
  /** How often it was read. */
  private _turn = 0;
  private _selected: number | null = null;
  private _detail: RevisionDetail | null = null;
  private _log: BuildLogModel | null = null;
  private _draft: IDraft | null = null;
  private _pair: readonly [number, number] | null = null;
  private _comparison: RevisionComparison | null = null;
  private _tab: Tab = 'revisions';
  private _problem: string | null = null;
  private _isDisposed = false;
}
