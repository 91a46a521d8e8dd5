/** Following long work on the server until it ends. */
import type { Api, Task } from './client';
import { ApiError, Unanswered } from './client';

/** Seconds one question may wait at the server: short, so that progress moves. */
const WAIT = 1;
/** Milliseconds until the next question after one that nobody answered, and how many of those in a row are borne. */
const PAUSE = 1000;
const MOST_UNANSWERED = 15;

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
 * Waits for a task and returns its result. It goes on at the server while a question is lost on its way: a connection
 * that is gone for some seconds is no failure of the task.
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
    now = await ask(api, task.id);
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

async function ask(api: Api, task: string): Promise<Task> {
  for (let lost = 1; ; lost += 1) {
    try {
      return await api.call('get', '/tasks/{task}', { path: { task }, query: { wait: WAIT } });
    } catch (error) {
      if (!(error instanceof Unanswered) || lost === MOST_UNANSWERED) {
        throw error;
      }
      await new Promise(resolve => setTimeout(resolve, PAUSE));
    }
  }
}
