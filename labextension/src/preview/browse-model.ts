/** The whole tree of a commit, read directory by directory as it is opened. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';

import { isAbort, messageOf, type Commit, type TreeEntry } from '../api/client';
import { baseName } from '../format/names';
import type { IWorkspaceModel } from '../tokens';
import { Places, toggled, type ITreeRow } from '../ui/rows';

const HEIGHT = 24;
const PAGE = 1000;
/** Finds of a search that are worth showing. */
const MOST_FOUND = 500;

export interface IEntryRow extends ITreeRow {
  readonly kind: 'entry';
  readonly entry: TreeEntry;
  readonly name: string;
  readonly depth: number;
  readonly expanded: boolean;
}

export interface INoteRow extends ITreeRow {
  readonly kind: 'note';
  readonly depth: number;
  readonly note: 'loading' | 'failed' | 'more' | 'empty';
  readonly path: string;
  readonly text: string;
}

export type BrowseRow = IEntryRow | INoteRow;

interface IDirectory {
  entries: TreeEntry[];
  next: string | null;
  loading: boolean;
  problem: string | null;
}

export class BrowseModel {
  constructor(
    readonly workspace: IWorkspaceModel,
    readonly project: string,
    readonly id: string
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The commit, once it was read. */
  get commit(): Commit | null {
    return this._commit;
  }

  get files(): number | null {
    return this._files;
  }

  get bytes(): number | null {
    return this._bytes;
  }

  get problem(): string | null {
    return this._problem;
  }

  get isHere(): boolean {
    return this.workspace.state?.project.id === this.project;
  }

  get search(): string {
    return this._search;
  }

  set search(text: string) {
    if (text !== this._search) {
      this._search = text;
      void this._find();
    }
  }

  get focus(): string | null {
    return this._focus;
  }

  set focus(key: string | null) {
    this._focus = key;
    this._changed.emit();
  }

  /** Paths that are to be put back together. */
  get chosen(): ReadonlySet<string> {
    return this._chosen;
  }

  /** Puts a path among the chosen, or takes it out; null empties the choice. */
  choose(path: string | null): void {
    this._chosen = path === null ? new Set() : toggled(this._chosen, path);
    this._changed.emit();
  }

  get rows(): readonly BrowseRow[] {
    this._layOut();
    return this._rows;
  }

  get places(): Places {
    this._layOut();
    return this._places;
  }

  dispose(): void {
    this._abort?.abort();
    Signal.clearData(this);
  }

  /** Reads it; once more where that failed. */
  async load(): Promise<void> {
    this._problem = null;
    const path = { project: this.project, commit: this.id };
    try {
      const detail = await this.workspace.api.call('get', '/projects/{project}/commits/{commit}', {
        path,
        query: { changes: 0 }
      });
      this._commit = detail.commit;
      this._files = detail.files;
      this._bytes = detail.bytes;
    } catch (error) {
      this._problem = messageOf(error);
    }
    this._touch();
    await this._open('');
  }

  async toggle(row: BrowseRow, open?: boolean): Promise<void> {
    if (row.kind === 'note') {
      if (row.note === 'more' || row.note === 'failed') {
        await this._readMore(row.path);
      }
      return;
    }
    const { path, type } = row.entry;
    if (type !== 'directory' || open === row.expanded) {
      return;
    }
    if (row.expanded) {
      this._opened.delete(path);
      this._touch();
    } else {
      await this._open(path);
    }
  }

  private async _open(path: string): Promise<void> {
    this._opened.add(path);
    const known = this._directories.get(path);
    if (known === undefined) {
      this._directories.set(path, { entries: [], next: null, loading: false, problem: null });
    }
    if (known === undefined || known.problem !== null) {
      await this._readMore(path);
    } else {
      this._touch();
    }
  }

  private async _readMore(path: string): Promise<void> {
    const directory = this._directories.get(path);
    if (directory === undefined || directory.loading) {
      return;
    }
    directory.loading = true;
    this._touch();
    try {
      const page = await this.workspace.api.call(
        'get',
        '/projects/{project}/commits/{commit}/tree',
        {
          path: { project: this.project, commit: this.id },
          query: {
            path,
            limit: PAGE,
            ...(directory.next === null ? {} : { cursor: directory.next })
          }
        }
      );
      directory.entries.push(...page.items);
      directory.next = page.next;
      directory.problem = null;
    } catch (error) {
      directory.problem = messageOf(error);
    }
    directory.loading = false;
    this._touch();
  }

  private async _find(): Promise<void> {
    this._abort?.abort();
    const search = this._search.trim();
    if (search === '') {
      this._found = null;
      this._touch();
      return;
    }
    const abort = new AbortController();
    this._abort = abort;
    try {
      const page = await this.workspace.api.call(
        'get',
        '/projects/{project}/commits/{commit}/tree',
        {
          path: { project: this.project, commit: this.id },
          query: { search, limit: MOST_FOUND },
          signal: abort.signal
        }
      );
      this._found = page.items;
      this._problem = null;
    } catch (error) {
      if (isAbort(error)) {
        return;
      }
      this._problem = messageOf(error);
    }
    this._touch();
  }

  private _layOut(): void {
    if (!this._stale) {
      return;
    }
    this._stale = false;
    const rows: BrowseRow[] = [];
    if (this._found !== null) {
      this._found.forEach(entry => rows.push(entryRow(entry, entry.path, 0, false)));
      if (this._found.length === 0) {
        rows.push(noteRow('', 0, 'empty', ''));
      }
    } else {
      this._push(rows, '', 0);
    }
    this._rows = rows;
    this._places = new Places(rows);
  }

  private _push(rows: BrowseRow[], path: string, depth: number): void {
    const directory = this._directories.get(path);
    if (directory === undefined) {
      return;
    }
    for (const entry of directory.entries) {
      const open = entry.type === 'directory' && this._opened.has(entry.path);
      rows.push(entryRow(entry, baseName(entry.path), depth, open));
      if (open) {
        this._push(rows, entry.path, depth + 1);
      }
    }
    if (directory.loading) {
      rows.push(noteRow(path, depth, 'loading', ''));
    } else if (directory.problem !== null) {
      rows.push(noteRow(path, depth, 'failed', directory.problem));
    } else if (directory.next !== null) {
      rows.push(noteRow(path, depth, 'more', ''));
    } else if (directory.entries.length === 0) {
      rows.push(noteRow(path, depth, 'empty', ''));
    }
  }

  private _touch(): void {
    this._stale = true;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _directories = new Map<string, IDirectory>();
  private readonly _opened = new Set<string>();
  private _chosen: ReadonlySet<string> = new Set();
  private _commit: Commit | null = null;
  private _files: number | null = null;
  private _bytes: number | null = null;
  private _problem: string | null = null;
  private _search = '';
  private _found: readonly TreeEntry[] | null = null;
  private _abort: AbortController | null = null;
  private _focus: string | null = null;
  private _rows: readonly BrowseRow[] = [];
  private _places = new Places();
  private _stale = true;
}

function entryRow(entry: TreeEntry, name: string, depth: number, expanded: boolean): IEntryRow {
  return { kind: 'entry', key: `e:${entry.path}`, height: HEIGHT, entry, name, depth, expanded };
}

function noteRow(path: string, depth: number, note: INoteRow['note'], text: string): INoteRow {
  return { kind: 'note', key: `n:${path}:${note}`, height: HEIGHT, depth, note, path, text };
}
