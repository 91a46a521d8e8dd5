import { describe, expect, it } from 'vitest';

import { FakeServer } from '../testing/server';
import { task } from '../testing/state';
import type { Task } from './client';
import { follow, TaskCancelled } from './tasks';

const done: Task['result'] = {
  kind: 'checkpoint',
  commit: 'c'.repeat(64),
  created: true,
  added: 1,
  modified: 0,
  deleted: 0,
  skipped: [],
  skipped_total: 0,
  branch: 'main',
  notice: null
};

describe('following a task', () => {
  it('asks until it has ended, and returns its result', async () => {
    const states: Partial<Task>[] = [{}, {}, { state: 'done', result: done }];
    const server = new FakeServer({ 'GET tasks/t1': () => task(states.shift() ?? {}) });
    const seen: string[] = [];
    const result = await follow(server.api, task({ state: 'queued' }), 'checkpoint', now =>
      seen.push(now.state)
    );
    expect(result.commit).toBe('c'.repeat(64));
    expect(seen).toEqual(['queued', 'running', 'running', 'done']);
  });

  it('fails with the code of the task', async () => {
    const error = { code: 'store_full', message: 'The disk is full.', problems: [] };
    const server = new FakeServer({ 'GET tasks/t1': () => task({ state: 'failed', error }) });
    await expect(follow(server.api, task({}), 'checkpoint')).rejects.toMatchObject({
      code: 'store_full',
      message: 'The disk is full.'
    });
  });

  it('tells a cancelled one from a failed one', async () => {
    const server = new FakeServer({ 'GET tasks/t1': () => task({ state: 'cancelled' }) });
    await expect(follow(server.api, task({}), 'checkpoint')).rejects.toBeInstanceOf(TaskCancelled);
  });
});
