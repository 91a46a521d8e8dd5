/** A comparison of two states: what differs, which file is looked at, and how. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';

import {
  ApiError,
  messageOf,
  type Commit,
  type DiffEntry,
  type DiffPage,
  type DiffSide,
  type FileDiff,
  type FileKind,
  type NotebookDiff,
  type TableDiff
} from '../api/client';
import { textOf } from '../preview/file-model';
import type { IComparison, IWorkspaceModel } from '../tokens';
import { Places, toggled, type ITreeRow } from '../ui/rows';

const PAGE = 500;
const ROW = 26;

export interface IEntryRow extends ITreeRow {
  readonly entry: DiffEntry;
}

/** The file that is looked at. */
export type Detail =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'notebook'; readonly diff: NotebookDiff }
  | { readonly kind: 'text'; readonly file: FileDiff; readonly a: string; readonly b: string }
  | { readonly kind: 'table'; readonly diff: TableDiff }
  | { readonly kind: 'image'; readonly file: FileDiff }
  | { readonly kind: 'about'; readonly file: FileDiff };

/** How it is looked at. */
export interface IOptions {
  /** Text and images: next to each other, or in one. */
  readonly layout: 'side' | 'inline';
  readonly sources: boolean;
  readonly outputs: boolean;
  readonly metadata: boolean;
  /** A notebook or table as the text that it is stored as. */
  readonly asText: boolean;
}

const OPTIONS: IOptions = {
  layout: 'side',
  sources: true,
  outputs: true,
  metadata: false,
  asText: false
};

export class CompareModel {
  constructor(
    readonly workspace: IWorkspaceModel,
    readonly comparison: IComparison
  ) {
    this._selected = comparison.path ?? null;
    if (comparison.b === null) {
      workspace.changed.connect(this._onWorkspaceChanged, this);
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Another file, or the same anew: what was drawn of the old one is to go. */
  get detailChanged(): ISignal<this, void> {
    return this._detailChanged;
  }

  get a(): Commit | null {
    return this._page?.a ?? null;
  }

  /** The newer commit; null for the working directory, and until it is known. */
  get b(): Commit | null {
    return this._page?.b ?? null;
  }

  get counts(): DiffPage['counts'] | null {
    return this._page?.counts ?? null;
  }

  get rows(): readonly IEntryRow[] {
    return this._rows;
  }

  get places(): Places {
    return this._places;
  }

  get problem(): string | null {
    return this._problem;
  }

  get selected(): string | null {
    return this._selected;
  }

  get entry(): DiffEntry | undefined {
    return this._rows.find(({ entry }) => entry.path === this._selected)?.entry;
  }

  /** Paths that are to be put back together. */
  get chosen(): ReadonlySet<string> {
    return this._chosen;
  }

  /** Puts a path among the chosen, or takes it out. */
  choose(path: string): void {
    this._chosen = toggled(this._chosen, path);
    this._changed.emit();
  }

  /** What a restore takes: the chosen files, or the one that is looked at; a renamed one under both its names. */
  get toRestore(): string[] {
    const paths = this._chosen.size > 0 ? this._chosen : new Set([this._selected]);
    return this._rows
      .filter(({ entry }) => paths.has(entry.path))
      .flatMap(({ entry: { old_path, path } }) => (old_path === null ? [path] : [old_path, path]));
  }

  get detail(): Detail {
    return this._detail;
  }

  get options(): IOptions {
    return this._options;
  }

  set options(options: IOptions) {
    const anew = options.asText !== this._options.asText;
    this._options = options;
    if (anew) {
      void this._read();
    } else {
      this._changed.emit();
    }
  }

  /** The newer side is the workspace the user is in: files can be put back there. */
  get canRestore(): boolean {
    return (
      this.comparison.b === null && this.workspace.state?.workspace.id === this.comparison.workspace
    );
  }

  dispose(): void {
    // What is on its way comes too late.
    this._pageTurn += 1;
    this._turn += 1;
    Signal.clearData(this);
  }

  /** Reads what differs, and the file that is looked at: the first time, and whenever it may be something else. */
  async load(): Promise<void> {
    const differs = (): boolean => this.entry !== undefined;
    const differed = differs();
    if (await this._readPage(null)) {
      // It may be the same on both sides by now, or be gone from both.
      const isOver = differed && !differs() && this._page?.next === null;
      const first = this._rows.at(0)?.entry.path ?? null;
      await this.select(isOver ? first : (this._selected ?? first));
    }
  }

  async more(): Promise<void> {
    const next = this._page?.next ?? null;
    // After a failure the user asks again: each drawing of the list would.
    if (next !== null && !this._loading && this._problem === null) {
      await this._readPage(next);
    }
  }

  async select(path: string | null): Promise<void> {
    this._selected = path;
    await this._read();
  }

  /** Reads the file that is looked at once more. */
  async retry(): Promise<void> {
    await this._read();
  }

  /** Says that a difference could not be drawn, unless another one is looked at by now. */
  fail(detail: Detail, message: string): void {
    if (detail === this._detail) {
      this._become({ kind: 'failed', message });
    }
  }

  /** Moves to a neighbour in the list. */
  step(by: number): void {
    const at = this._rows.findIndex(({ entry }) => entry.path === this._selected);
    const to = this._rows[Math.min(this._rows.length - 1, Math.max(0, at + by))];
    if (to !== undefined && to.entry.path !== this._selected) {
      void this.select(to.entry.path);
    }
  }

  /** Address of the bytes of one side. */
  urlOf(side: DiffSide): string {
    return this.workspace.api.absolute(side.url);
  }

  private _sides(): { a: string; b?: string; workspace?: string } {
    const { a, b, workspace } = this.comparison;
    return {
      a,
      ...(b === null ? {} : { b }),
      ...(b !== null || workspace === null ? {} : { workspace })
    };
  }

  /** Returns whether that is the newest answer. */
  private async _readPage(cursor: string | null): Promise<boolean> {
    const turn = ++this._pageTurn;
    this._loading = true;
    let page: DiffPage | null = null;
    let problem: string | null = null;
    try {
      page = await this.workspace.api.call('get', '/projects/{project}/diff', {
        path: { project: this.comparison.project },
        query: {
          ...this._sides(),
          limit: PAGE,
          stat: true,
          ...(cursor === null ? {} : { cursor })
        }
      });
    } catch (error) {
      problem = messageOf(error);
    }
    if (turn !== this._pageTurn) {
      return false;
    }
    this._loading = false;
    this._problem = problem;
    if (page !== null) {
      this._take(page, cursor === null ? [] : this._rows);
    }
    this._changed.emit();
    return true;
  }

  private _take(page: DiffPage, known: readonly IEntryRow[]): void {
    this._page = page;
    this._rows = [
      ...known,
      ...page.items.map(entry => ({ key: `d:${entry.path}`, height: ROW, entry }))
    ];
    this._places = new Places(this._rows);
    const listed = new Set(this._rows.map(({ entry }) => entry.path));
    this._chosen = new Set([...this._chosen].filter(path => listed.has(path)));
  }

  private async _read(): Promise<void> {
    const path = this._selected;
    const turn = ++this._turn;
    if (path === null) {
      this._become({ kind: 'none' });
      return;
    }
    this._become({ kind: 'loading' });
    let detail: Detail;
    try {
      detail = await this._detailOf(path, this.entry?.kind ?? null);
    } catch (error) {
      detail = { kind: 'failed', message: messageOf(error) };
    }
    if (turn === this._turn) {
      this._become(detail);
    }
  }

  private _become(detail: Detail): void {
    this._detail = detail;
    this._detailChanged.emit();
    this._changed.emit();
  }

  private async _detailOf(path: string, kind: FileKind | null): Promise<Detail> {
    const old = this.entry?.old_path ?? null;
    const given = {
      path: { project: this.comparison.project },
      query: { ...this._sides(), path, ...(old === null ? {} : { old_path: old }) }
    };
    const { api } = this.workspace;
    if (!this._options.asText) {
      try {
        if (kind === 'notebook') {
          const diff = await api.call('get', '/projects/{project}/diff/notebook', given);
          return { kind, diff };
        }
        if (kind === 'csv') {
          const diff = await api.call('get', '/projects/{project}/diff/table', given);
          return { kind: 'table', diff };
        }
      } catch (error) {
        // No notebook or table inside after all, or too large for one: the plain difference must do.
        if (!(error instanceof ApiError) || error.status >= 500) {
          throw error;
        }
      }
    }
    const file = await api.call('get', '/projects/{project}/diff/file', given);
    if (file.kind === 'image') {
      return { kind: 'image', file };
    }
    if (file.unified === null || file.too_large) {
      return { kind: 'about', file };
    }
    const [a, b] = await Promise.all([this._text(file.a), this._text(file.b)]);
    return a === null || b === null ? { kind: 'about', file } : { kind: 'text', file, a, b };
  }

  private async _text(side: DiffSide | null): Promise<string | null> {
    return side === null ? '' : textOf(await this.workspace.api.bytes(this.urlOf(side)));
  }

  private _onWorkspaceChanged(): void {
    const { changed, commit } = this.workspace.state ?? {};
    const now = JSON.stringify([changed, commit?.id]);
    const before = this._seen;
    this._seen = now;
    if (before !== undefined && before !== now) {
      void this.load();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _detailChanged = new Signal<this, void>(this);
  private _page: DiffPage | null = null;
  private _rows: readonly IEntryRow[] = [];
  private _places = new Places();
  private _problem: string | null = null;
  private _loading = false;
  private _selected: string | null;
  private _chosen: ReadonlySet<string> = new Set();
  private _detail: Detail = { kind: 'none' };
  private _options = OPTIONS;
  private _pageTurn = 0;
  private _turn = 0;
  private _seen: string | undefined;
}
