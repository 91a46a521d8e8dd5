/** A protected workspace, for unit tests. */
import type { Here, Task } from '../api/client';
import { commit } from './commits';

export function here(part: Partial<NonNullable<Here['state']>> = {}): Here {
  return {
    version: '0',
    user: 'ada',
    directory: '/home/ada/churn',
    server_path: '',
    protected: true,
    can_protect: false,
    problem: null,
    problem_code: null,
    state: {
      workspace: {
        id: 'w1',
        project: 'p1',
        project_name: 'churn',
        branch: 'main',
        path: '/home/ada/churn',
        server_path: '',
        exists: true,
        current: true
      },
      project: {
        id: 'p1',
        name: 'churn',
        store: '/store',
        created: '2026-11-20T08:00:00.000000Z',
        branches: 1,
        workspaces: 1
      },
      branch: 'main',
      commit: commit({ id: 'c'.repeat(64) }),
      changed: null,
      session: null,
      tasks: [],
      environment: null,
      notice: null,
      ...part
    }
  };
}

export function task(part: Partial<Task> = {}): Task {
  return {
    id: 't1',
    kind: 'checkpoint',
    state: 'running',
    title: 'Checkpoint',
    automatic: false,
    project: 'p1',
    workspace: 'w1',
    progress: null,
    created: '2026-11-21T10:42:06.000000Z',
    started: null,
    ended: null,
    cancelling: false,
    result: null,
    error: null,
    ...part
  };
}
