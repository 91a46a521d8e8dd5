/** The timeline as a flat list of rows, each with a height known beforehand, so that it can be virtualized. */
import type { Change, Commit, CommitDetail, Session } from '../api/client';
import type { ITreeRow } from '../ui/rows';
import { treeOf, type ChangedNode } from './changed';
import type { IGraph, IGraphRow } from './graph';

/** Pixels. */
export const HEIGHT = { session: 30, commit: 46, file: 22, folder: 22, note: 24 } as const;

interface IRow extends ITreeRow {
  /** Lanes to draw through, for rows that are no commit. */
  readonly lanes: readonly number[];
}

export interface ISessionRow extends IRow {
  readonly kind: 'session';
  readonly session: Session;
}

export interface ICommitRow extends IRow {
  readonly kind: 'commit';
  readonly commit: Commit;
  readonly graph: IGraphRow;
  readonly expanded: boolean;
  /** When the session above it began: that day stands there. */
  readonly began: string | null;
}

export interface IFolderRow extends IRow {
  readonly kind: 'folder';
  readonly commit: Commit;
  readonly path: string;
  readonly label: string;
  readonly count: number;
  readonly depth: number;
  readonly expanded: boolean;
}

export interface IFileRow extends IRow {
  readonly kind: 'file';
  readonly commit: Commit;
  readonly change: Change;
  readonly prefix: string;
  readonly label: string;
  readonly depth: number;
}

/** A line of text below an expanded commit. */
export interface INoteRow extends IRow {
  readonly kind: 'note';
  readonly commit: Commit;
  readonly note: 'loading' | 'failed' | 'more' | 'skipped' | 'rest';
  readonly text: string;
  /** `rest`: files that the commit left as they were; `skipped`: how many paths; `more`: changes not yet read. */
  readonly count: number | null;
}

export type Row = ISessionRow | ICommitRow | IFolderRow | IFileRow | INoteRow;

/** An expanded commit: being read, read, or why not. */
export type Expanded =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly detail: CommitDetail };

export interface IRowsInput {
  readonly commits: readonly Commit[];
  readonly sessions: ReadonlyMap<string, Session>;
  readonly graph: IGraph;
  readonly expanded: ReadonlyMap<string, Expanded>;
  /** Folders of expanded commits that were closed: `<commit>:<path>`. */
  readonly closed: ReadonlySet<string>;
}

/** A row of which the graph knows nothing. */
const ALONE: IGraphRow = { lane: 0, above: false, below: false, through: [], joins: [] };

/** All rows, top to bottom. */
export function rowsOf(input: IRowsInput): Row[] {
  const rows: Row[] = [];
  const { commits, graph } = input;
  let session: string | null = null;
  commits.forEach((commit, at) => {
    const drawn = graph.rows[at] ?? ALONE;
    if (commit.session !== session) {
      session = commit.session;
      const found = input.sessions.get(session);
      if (found !== undefined) {
        rows.push({
          kind: 'session',
          key: `s:${commit.id}`,
          height: HEIGHT.session,
          lanes: entering(drawn),
          session: found
        });
      }
    }
    const expanded = input.expanded.get(commit.id);
    rows.push({
      kind: 'commit',
      key: `c:${commit.id}`,
      height: HEIGHT.commit,
      lanes: [],
      commit,
      graph: drawn,
      expanded: expanded !== undefined,
      began: input.sessions.get(commit.session)?.start ?? null
    });
    if (expanded !== undefined) {
      pushDetail(rows, commit, leaving(drawn), expanded, input.closed);
    }
  });
  return rows;
}

/** Lanes that cross the upper edge of a commit's row. */
function entering(row: IGraphRow): number[] {
  return [...row.through, ...row.joins, ...(row.above ? [row.lane] : [])];
}

/** Lanes that cross its lower edge. */
function leaving(row: IGraphRow): number[] {
  return [...row.through, ...(row.below ? [row.lane] : [])];
}

function pushDetail(
  rows: Row[],
  commit: Commit,
  lanes: readonly number[],
  expanded: Expanded,
  closed: ReadonlySet<string>
): void {
  const note = (kind: INoteRow['note'], text: string, count: number | null = null): void => {
    rows.push({
      kind: 'note',
      key: `n:${commit.id}:${kind}`,
      height: HEIGHT.note,
      lanes,
      commit,
      note: kind,
      text,
      count
    });
  };
  if (expanded.state !== 'ready') {
    note(expanded.state, expanded.state === 'failed' ? expanded.message : '');
    return;
  }
  const { changes, unchanged, notes, notes_total } = expanded.detail;
  const push = (nodes: readonly ChangedNode[], depth: number): void => {
    for (const node of nodes) {
      if (node.kind === 'file') {
        rows.push({
          kind: 'file',
          key: `f:${commit.id}:${node.change.path}`,
          height: HEIGHT.file,
          lanes,
          commit,
          change: node.change,
          prefix: node.prefix,
          label: node.label,
          depth
        });
        continue;
      }
      const open = !closed.has(`${commit.id}:${node.path}`);
      rows.push({
        kind: 'folder',
        key: `d:${commit.id}:${node.path}`,
        height: HEIGHT.folder,
        lanes,
        commit,
        path: node.path,
        label: node.label,
        count: node.count,
        depth,
        expanded: open
      });
      if (open) {
        push(node.children, depth + 1);
      }
    }
  };
  push(treeOf(changes), 0);
  if (expanded.detail.changes_next !== null) {
    const total = commit.added + commit.modified + commit.deleted;
    note('more', '', total > changes.length ? total - changes.length : null);
  }
  if (notes.length > 0) {
    note('skipped', notes.map(({ path, reason }) => `${path}: ${reason}`).join('\n'), notes_total);
  }
  note('rest', '', unchanged);
}
