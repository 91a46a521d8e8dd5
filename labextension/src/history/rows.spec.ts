import { describe, expect, it } from 'vitest';

import type { CommitDetail } from '../api/client';
import { commit, session } from '../testing/commits';
import { Places } from '../ui/rows';
import { layOut } from './graph';
import { rowsOf, type Expanded } from './rows';

const sessions = new Map([
  ['s1', session()],
  ['s2', session({ id: 's2' })]
]);

function rows(
  commits: ReturnType<typeof commit>[],
  expanded = new Map<string, Expanded>(),
  closed = new Set<string>()
) {
  const graph = layOut(commits, 'main', true);
  return rowsOf({ commits, sessions, graph, expanded, closed });
}

const detailOf = (of: ReturnType<typeof commit>, paths: string[]): Expanded => ({
  state: 'ready',
  detail: {
    commit: of,
    session: session(),
    changes: paths.map(path => ({ path, change: 'added', old_path: null })),
    changes_next: null,
    files: 10,
    bytes: 100,
    unchanged: 8,
    notes: [],
    notes_total: 0
  } satisfies CommitDetail
});

describe('rows of the timeline', () => {
  it('begin each session with a header', () => {
    const kinds = rows([commit(), commit(), commit({ session: 's2' })]).map(row => row.kind);
    expect(kinds).toEqual(['session', 'commit', 'commit', 'session', 'commit']);
  });

  it('have keys of their own, also when a session comes back', () => {
    const list = rows([commit(), commit({ session: 's2' }), commit()]);
    expect(new Set(list.map(row => row.key)).size).toBe(list.length);
  });

  it('show an expanded commit with its files and the rest', () => {
    const one = commit({ added: 2 });
    const list = rows([one], new Map([[one.id, detailOf(one, ['data/a', 'data/b'])]]));
    expect(list.slice(2).map(row => row.kind)).toEqual(['folder', 'file', 'file', 'note']);
    expect(list.at(-1)).toMatchObject({ note: 'rest', count: 8 });
  });

  it('hide what is in a closed folder', () => {
    const one = commit({ added: 2 });
    const list = rows(
      [one],
      new Map([[one.id, detailOf(one, ['data/a', 'data/b'])]]),
      new Set([`${one.id}:data`])
    );
    expect(list.slice(2).map(row => row.kind)).toEqual(['folder', 'note']);
  });
});

describe('places', () => {
  it('find the row at every height', () => {
    const list = rows([commit(), commit(), commit()]);
    const places = new Places(list);
    list.forEach((_, at) => {
      expect(places.at(places.top(at))).toBe(at);
      expect(places.at(places.bottom(at) - 1)).toBe(at);
    });
    expect(places.at(1e9)).toBe(list.length - 1);
    expect(new Places().at(0)).toBe(0);
  });
});
