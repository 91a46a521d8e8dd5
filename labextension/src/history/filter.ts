/** What the filter box and the buttons beside it mean for the history route. */
import type { paths } from '../api/schema';

export type HistoryQuery = NonNullable<
  paths['/projects/{project}/commits']['get']['parameters']['query']
>;

/** The buttons. */
export type View = 'all' | 'named' | 'mine' | 'runs';

export interface IFilter {
  readonly view: View;
  /** What stands in the box: words, and `author:`, `path:`, `kind:`, `session:`, `since:`, `until:`. */
  readonly text: string;
  /** "Only this file's history", chosen from a menu. */
  readonly path: string | null;
  /** Only what the present branch reaches. */
  readonly thisBranch: boolean;
  /** Also automatic checkpoints that retention hides. */
  readonly hidden: boolean;
}

export const NO_FILTER: IFilter = {
  view: 'all',
  text: '',
  path: null,
  thisBranch: false,
  hidden: false
};

const KEYS = ['author', 'path', 'kind', 'session', 'since', 'until'] as const;
type Key = (typeof KEYS)[number];

const TERM = /(?:(\w+):)?(?:"([^"]*)"?|(\S+))/g;

/** Parameters of the history route for a filter; `branch` is the present one. */
export function queryOf(filter: IFilter, branch: string): HistoryQuery {
  const query: HistoryQuery = {};
  const words: string[] = [];
  for (const [whole, key, quoted, plain] of filter.text.matchAll(TERM)) {
    const value = quoted ?? plain ?? '';
    if (!isKey(key)) {
      // A colon inside a plain word is part of it.
      words.push(key === undefined ? value : whole.replace(/"/g, ''));
    } else if (key === 'kind') {
      query.kind = [...(query.kind ?? []), value];
    } else if (key === 'since' || key === 'until') {
      const time = new Date(value);
      if (!Number.isNaN(time.getTime())) {
        query[key] = time.toISOString();
      }
    } else {
      query[key] = value;
    }
  }
  if (words.length > 0) {
    query.text = words.join(' ');
  }
  if (filter.path !== null) {
    query.path = filter.path;
  }
  if (filter.view === 'named') {
    query.named = true;
  } else if (filter.view === 'mine') {
    query.mine = true;
  } else if (filter.view === 'runs') {
    query.kind = ['run'];
  }
  if (filter.thisBranch) {
    query.branch = branch;
  }
  if (filter.hidden) {
    query.hidden = true;
  }
  return query;
}

/** Whether rows may be missing between two neighbours, so that lines between them would lie. */
export function isSelective(filter: IFilter): boolean {
  return filter.view !== 'all' || filter.text.trim() !== '' || filter.path !== null;
}

function isKey(word: string | undefined): word is Key {
  return (KEYS as readonly (string | undefined)[]).includes(word);
}
