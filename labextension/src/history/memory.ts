/** What is open in the timeline comes back with the page, as the tabs do. */
import type { IStateDB } from '@jupyterlab/statedb';
import { Debouncer } from '@lumino/polling';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { IFilter } from './filter';
import type { TimelineModel } from './model';

const KEY = 'jupyter-repro:timeline';
/** Milliseconds after the last change. */
const SETTLE = 300;

/** What of the timeline outlives a reload of the page. */
export interface ITimelineMemory {
  readonly project: string;
  readonly filter: IFilter;
  /** Ids of the commits that are open. */
  readonly expanded: readonly string[];
  /** Folders in them that are closed: `<commit>:<path>`. */
  readonly closed: readonly string[];
}

/** Brings back what `stateDB` holds of it, and from then on keeps what changes. */
export async function rememberTimeline(timeline: TimelineModel, stateDB: IStateDB): Promise<void> {
  const found = await stateDB.fetch(KEY);
  if (isMemory(found)) {
    timeline.recall(found);
  }
  let saved = JSON.stringify(found);
  const save = new Debouncer(async () => {
    const { memory } = timeline;
    const text = JSON.stringify(memory);
    if (memory !== null && text !== saved) {
      saved = text;
      await stateDB.save(KEY, JSON.parse(text) as ReadonlyPartialJSONValue);
    }
  }, SETTLE);
  timeline.changed.connect(() => void save.invoke().catch(() => undefined));
}

/** Whatever an earlier version, or somebody else, left there. */
function isMemory(value: unknown): value is ITimelineMemory {
  const memory = value as Partial<Record<keyof ITimelineMemory, unknown>> | null | undefined;
  return (
    typeof memory === 'object' &&
    memory !== null &&
    typeof memory.project === 'string' &&
    typeof memory.filter === 'object' &&
    Array.isArray(memory.expanded) &&
    Array.isArray(memory.closed)
  );
}
