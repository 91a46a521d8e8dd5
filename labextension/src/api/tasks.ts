/** Following long work on the server until it ends. */
import type { Api, Task } from './client';
import { ApiError } from './client';

/** Seconds one question may wait at the server: short, so that progress moves. */
const WAIT = 1;

type ResultOf<K extends Task['kind']> = Extract<NonNullable<Task['result']>, { kind: K }>;

/** It was stopped at the user's wish; nothing to complain about. */
export class TaskCancelled extends Error {
  constructor(readonly task: Task) {
    super(task.error?.message ?? task.title);
    this.name = 'TaskCancelled';
  }
}

/** Whether it has ended, however. */
export function hasEnded(task: Task): boolean {
  return task.state === 'done' || task.state === 'failed' || task.state === 'cancelled';
}

/**
 * Waits for a task and returns its result.
 *
 * @param kind - what it is known to be; decides the type of the result
 * @param onProgress - told about every state in between, the first and the last included
 * @throws `TaskCancelled`, or `ApiError` with the task's own code when it failed
 */
export async function follow<K extends Task['kind']>(
  api: Api,
  task: Task,
  kind: K,
  onProgress?: (task: Task) => void
): Promise<ResultOf<K>> {
  let now = task;
  onProgress?.(now);
  while (!hasEnded(now)) {
    now = await api.call('get', '/tasks/{task}', {
      path: { task: task.id },
      query: { wait: WAIT }
    });
    onProgress?.(now);
  }
  if (now.state === 'cancelled') {
    throw new TaskCancelled(now);
  }
  if (now.state === 'failed' || now.result === null || now.result.kind !== kind) {
    throw new ApiError(500, now.error?.code ?? 'unknown', now.error?.message ?? now.title);
  }
  return now.result as ResultOf<K>;
}
