/** How a command tells what came of it. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { messageOf } from '../api/client';
import { TaskCancelled } from '../api/tasks';
import type { IDocuments, IWorkspaceModel } from '../tokens';

/** Milliseconds that a piece of good news stays. */
export const BRIEF = 4000;
/** Long enough to change one's mind. */
export const UNDOABLE = 30_000;

export interface IContext {
  commands: CommandRegistry;
  workspace: IWorkspaceModel;
  documents: IDocuments;
  trans: TranslationBundle;
}

/** Runs something that may fail and says so; false when it did. */
export async function told(
  trans: TranslationBundle,
  what: string,
  work: () => Promise<void>
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    tellFailure(trans, what, error);
    return false;
  }
}

const underWay = new Set<string>();

/**
 * Asks and does something, unless the same is being asked already: a second click is no second wish.
 *
 * @param what - tells it from the rest
 * @param work - calls `asked` when there is nothing left to ask, unless that is at its end
 * @returns what `work` does; false when it was under way
 */
export async function once(
  what: string,
  work: (asked: () => void) => Promise<boolean>
): Promise<boolean> {
  if (underWay.has(what)) {
    return false;
  }
  underWay.add(what);
  try {
    return await work(() => underWay.delete(what));
  } finally {
    underWay.delete(what);
  }
}

export function tellFailure(trans: TranslationBundle, what: string, error: unknown): void {
  if (error instanceof TaskCancelled) {
    Notification.info(trans.__('%1: stopped, nothing was lost.', what), { autoClose: BRIEF });
  } else {
    Notification.error(`${what}: ${messageOf(error)}`, { autoClose: false });
  }
}
