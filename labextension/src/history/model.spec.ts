import { afterEach, describe, expect, it } from 'vitest';

import type { Commit, HistoryPage } from '../api/client';
import { commit, session } from '../testing/commits';
import { FakeServer, Held, Refusal, unreachable } from '../testing/server';
import { here } from '../testing/state';
import { WorkspaceModel } from '../workspace/model';
import { NO_FILTER } from './filter';
import { TimelineModel } from './model';

const HISTORY = 'GET projects/p1/commits';

const page = (items: Commit[], next: string | null = null): HistoryPage => ({
  items,
  next,
  sessions: [session()],
  hidden: 0,
  multiple_branches: false
});

const detailOf = (one: Commit) => ({
  commit: one,
  session: session(),
  changes: [{ path: 'a.py', change: 'added', old_path: null }],
  changes_next: null,
  files: 1,
  bytes: 1,
  unchanged: 0,
  notes: [],
  notes_total: 0
});

let workspace: WorkspaceModel | undefined;

async function timelineOf(server: FakeServer): Promise<TimelineModel> {
  workspace = new WorkspaceModel({ api: server.api, standby: 'never' });
  const timeline = new TimelineModel(workspace);
  await workspace.refresh();
  await settled(timeline);
  return timeline;
}

/** Resolves once nothing is being read any more. */
async function settled(timeline: TimelineModel): Promise<void> {
  while (timeline.isLoading || timeline.isLoadingMore) {
    await new Promise<void>(resolve => {
      const again = () => {
        timeline.changed.disconnect(again);
        resolve();
      };
      timeline.changed.connect(again);
    });
  }
}

afterEach(() => workspace?.dispose());

describe('the timeline', () => {
  it('reads the first page as soon as the project is known', async () => {
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => page([commit(), commit()])
    });
    const timeline = await timelineOf(server);
    expect(timeline.commits).toHaveLength(2);
    expect(timeline.isComplete).toBe(true);
  });

  it('appends the next page, once however often it is asked', async () => {
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: query =>
        query.get('cursor') === null ? page([commit()], 'n') : page([commit(), commit()])
    });
    const timeline = await timelineOf(server);
    const before = server.count(HISTORY);
    await Promise.all([timeline.more(), timeline.more()]);
    await settled(timeline);
    expect(server.count(HISTORY)).toBe(before + 1);
    expect(timeline.commits).toHaveLength(3);
    await timeline.more();
    expect(server.count(HISTORY)).toBe(before + 1);
  });

  it('asks the server to filter', async () => {
    const server = new FakeServer({ 'GET here': () => here(), [HISTORY]: () => page([]) });
    const timeline = await timelineOf(server);
    timeline.filter = { ...NO_FILTER, view: 'named', text: 'depth' };
    await settled(timeline);
    const query = server.asked.at(-1)?.query;
    expect(query?.get('named')).toBe('true');
    expect(query?.get('text')).toBe('depth');
  });

  it('keeps what is shown, and says why, when a reload fails', async () => {
    let broken = false;
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => {
        if (broken) {
          throw new Refusal(500, 'store_error', 'The store cannot be read.');
        }
        return page([commit()]);
      }
    });
    const timeline = await timelineOf(server);
    broken = true;
    await timeline.reload();
    expect(timeline.problem).toBe('The store cannot be read.');
    expect(timeline.commits).toHaveLength(1);
    broken = false;
    await timeline.reload();
    expect(timeline.problem).toBeNull();
  });

  it('reads the files of a commit when it is opened, and only then', async () => {
    const one = commit({ added: 1 });
    const detail = `GET projects/p1/commits/${one.id}`;
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => page([one]),
      [detail]: () => detailOf(one)
    });
    const timeline = await timelineOf(server);
    expect(server.count(detail)).toBe(0);
    const row = () => timeline.rows.find(({ kind }) => kind === 'commit')!;
    await timeline.toggle(row());
    expect(timeline.rows.map(({ kind }) => kind)).toEqual(['session', 'commit', 'file', 'note']);
    await timeline.toggle(row(), true);
    expect(server.count(detail)).toBe(1);
    await timeline.toggle(row());
    expect(timeline.rows).toHaveLength(2);
  });

  it('says in its row why a commit cannot be opened', async () => {
    const one = commit();
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => page([one]),
      [`GET projects/p1/commits/${one.id}`]: () => {
        throw new Refusal(500, 'blob_corrupt', 'Its tree is damaged.');
      }
    });
    const timeline = await timelineOf(server);
    await timeline.toggle(timeline.rows[1]!);
    expect(timeline.rows[2]).toMatchObject({ note: 'failed', text: 'Its tree is damaged.' });
    await timeline.toggle(timeline.rows[2]!);
    expect(server.count(`GET projects/p1/commits/${one.id}`)).toBe(2);
  });

  it('draws no lines between rows that a filter may have parted', async () => {
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => ({
        ...page([commit({ branch: 'try' }), commit()]),
        multiple_branches: true
      })
    });
    const timeline = await timelineOf(server);
    expect(timeline.lanes).toBe(2);
    timeline.filter = { ...NO_FILTER, text: 'x' };
    await settled(timeline);
    expect(timeline.lanes).toBe(1);
  });

  it('remembers what is open, and brings it back once the same project is shown', async () => {
    const [one, two] = [commit(), commit()];
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => page([one, two])
    });
    const before = await timelineOf(server);
    before.filter = { ...NO_FILTER, view: 'named' };
    await settled(before);
    await before.toggle(before.rows.find(row => row.kind === 'commit')!);
    const memory = before.memory!;
    expect(memory).toMatchObject({ project: 'p1', expanded: [one.id] });

    workspace = new WorkspaceModel({ api: server.api, standby: 'never' });
    const after = new TimelineModel(workspace);
    after.recall(memory);
    expect(after.filter).toEqual(NO_FILTER);
    await workspace.refresh();
    await settled(after);
    expect(after.filter.view).toBe('named');
    expect(after.memory).toEqual(memory);
  });

  it('brings nothing back into another project, or after somebody used it', async () => {
    const server = new FakeServer({ 'GET here': () => here(), [HISTORY]: () => page([commit()]) });
    const memory = {
      project: 'p1',
      filter: { ...NO_FILTER, view: 'runs' as const },
      expanded: [],
      closed: []
    };
    const other = await timelineOf(server);
    other.recall({ ...memory, project: 'p2' });
    expect(other.filter).toEqual(NO_FILTER);
    other.filter = { ...NO_FILTER, text: 'mine' };
    other.recall(memory);
    expect(other.filter.text).toBe('mine');
  });

  it('says that the rows are of the filter before until the answer is there', async () => {
    const server = new FakeServer({ 'GET here': () => here(), [HISTORY]: () => page([commit()]) });
    const timeline = await timelineOf(server);
    expect(timeline.isSeeking).toBe(false);
    timeline.filter = { ...NO_FILTER, path: 'a.txt' };
    expect(timeline.isSeeking).toBe(true);
    await settled(timeline);
    expect(timeline.isSeeking).toBe(false);
  });

  it('keeps its rows while the server is gone, and reads again when it is back', async () => {
    let isGone = false;
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => (isGone ? unreachable() : page([commit()]))
    });
    const timeline = await timelineOf(server);
    isGone = true;
    await timeline.reload();
    expect(timeline.problem).toMatch(/does not answer/);
    expect(timeline.commits).toHaveLength(1);

    isGone = false;
    await workspace?.refresh();
    await settled(timeline);
    expect(timeline.problem).toBeNull();
  });

  it('shows no rows of another filter when those of the new one cannot be had', async () => {
    let isGone = false;
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => (isGone ? unreachable() : page([commit()]))
    });
    const timeline = await timelineOf(server);
    isGone = true;
    timeline.filter = { ...NO_FILTER, text: 'depth' };
    await settled(timeline);
    expect(timeline.commits).toHaveLength(0);
    expect(timeline.problem).not.toBeNull();
  });

  it('leaves a row closed that was closed before its files came', async () => {
    const one = commit();
    const more = new Held<unknown>();
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => page([one]),
      [`GET projects/p1/commits/${one.id}`]: () => ({
        ...detailOf(one),
        changes_next: 'next'
      }),
      [`GET projects/p1/commits/${one.id}/changes`]: () => more.reply
    });
    const timeline = await timelineOf(server);
    const row = timeline.rows.find(({ kind }) => kind === 'commit')!;
    await timeline.toggle(row, true);
    const asked = timeline.moreChanges(one.id);
    await timeline.toggle(row, false);
    more.answer({ items: [], next: null });
    await asked;
    expect(timeline.memory?.expanded).toEqual([]);
  });

  it('says so in the row when its other files cannot be had', async () => {
    const one = commit();
    const server = new FakeServer({
      'GET here': () => here(),
      [HISTORY]: () => page([one]),
      [`GET projects/p1/commits/${one.id}`]: () => ({ ...detailOf(one), changes_next: 'next' }),
      [`GET projects/p1/commits/${one.id}/changes`]: unreachable
    });
    const timeline = await timelineOf(server);
    await timeline.toggle(
      timeline.rows.find(({ kind }) => kind === 'commit')!,
      true
    );
    await timeline.moreChanges(one.id);
    expect(timeline.rows.at(-1)).toMatchObject({ kind: 'note', note: 'failed' });
  });
});
