import { afterEach, describe, expect, it, vi } from 'vitest';

import { FakeServer, unreachable } from '../testing/server';
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

afterEach(() => {
  vi.useRealTimers();
});

describe('following a task', () => {
  it('goes on when a question was lost, and gives up when all are', async () => {
    vi.useFakeTimers();
    let lost = 3;
    const server = new FakeServer({
      'GET tasks/t1': () => (lost-- > 0 ? unreachable() : task({ state: 'done', result: done }))
    });
    const followed = follow(server.api, task({}), 'checkpoint');
    await vi.runAllTimersAsync();
    expect((await followed).commit).toBe('c'.repeat(64));

    const gone = new FakeServer({ 'GET tasks/t1': unreachable });
    const given = expect(follow(gone.api, task({}), 'checkpoint')).rejects.toThrow(
      /does not answer/
    );
    await vi.runAllTimersAsync();
    await given;
  });

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
