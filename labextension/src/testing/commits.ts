/** Commits and answers for unit tests: only what a test says differs from something plain. */
import type { Commit, Session } from '../api/client';

let made = 0;

/** An id out of a short word, for reading tests: `idOf('a1')` is `a1000…`. */
export function idOf(word: string): string {
  return word.padEnd(64, '0');
}

export function commit(part: Partial<Commit> = {}): Commit {
  made += 1;
  return {
    id: idOf(made.toString(16)),
    parents: [],
    branch: 'main',
    author: 'ada',
    mine: true,
    time: '2026-11-21T10:42:07.120000Z',
    message: `Step ${made}`,
    kind: 'checkpoint',
    session: 's1',
    workspace: 'w1',
    added: 0,
    modified: 1,
    deleted: 0,
    branches: [],
    tags: [],
    labels: {},
    restored_from: null,
    environment: null,
    software_changed: false,
    thinned: false,
    ...part
  };
}

export function session(part: Partial<Session> = {}): Session {
  return {
    id: 's1',
    start: '2026-11-21T09:12:00.000000Z',
    end: null,
    host: 'lab',
    user: 'ada',
    workspace: 'w1',
    commits: 1,
    current: true,
    mine: true,
    ...part
  };
}
