import { afterEach, describe, expect, it } from 'vitest';

import { commit } from '../testing/commits';
import type { Task } from '../api/client';
import { FakeServer, Held, Refusal } from '../testing/server';
import { here, task } from '../testing/state';
import { WorkspaceModel } from './model';

const made: WorkspaceModel[] = [];

function modelOf(server: FakeServer): WorkspaceModel {
  const model = new WorkspaceModel({ api: server.api, standby: 'never' });
  made.push(model);
  return model;
}

afterEach(() => {
  made.splice(0).forEach(model => model.dispose());
});

const restored = {
  kind: 'restore' as const,
  made: 'e'.repeat(64),
  notice: null,
  commit: 'a'.repeat(64),
  safety: 'b'.repeat(64),
  written: 1,
  removed: 0,
  undo: ''
};

describe('the workspace', () => {
  it('knows its state after the first question', async () => {
    const model = modelOf(new FakeServer({ 'GET here': () => here() }));
    await model.refresh();
    expect(model.state?.project.name).toBe('churn');
    expect(model.problem).toBeNull();
  });

  it('says why there is no answer, and forgets it with the next', async () => {
    let down = true;
    const model = modelOf(
      new FakeServer({
        'GET here': () => {
          if (down) {
            throw new Refusal(503, 'store_unreachable', 'The store cannot be reached.');
          }
          return here();
        }
      })
    );
    await model.refresh();
    expect(model.problem).toBe('The store cannot be reached.');
    down = false;
    await model.refresh();
    expect(model.problem).toBeNull();
  });

  it('tells of new history when the newest commit is another', async () => {
    let tip = 'c'.repeat(64);
    const model = modelOf(
      new FakeServer({ 'GET here': () => here({ commit: commit({ id: tip }) }) })
    );
    let told = 0;
    await model.refresh();
    model.historyChanged.connect(() => {
      told += 1;
    });
    await model.refresh();
    expect(told).toBe(0);
    tip = 'd'.repeat(64);
    await model.refresh();
    expect(told).toBe(1);
  });

  it('asks again when the directory changes while an answer is on its way', async () => {
    const asked: (string | null)[] = [];
    const model = modelOf(
      new FakeServer({
        'GET here': query => {
          asked.push(query.get('directory'));
          if (asked.length === 1) {
            model.directory = 'beside';
          }
          return here({ branch: query.get('directory') === 'beside' ? 'other' : 'main' });
        }
      })
    );
    await model.refresh();
    // There at once, and then with what changed.
    expect(asked).toEqual(['', 'beside', 'beside']);
    expect(model.state?.branch).toBe('other');
  });

  it('does not ask again for a folder inside the same workspace', async () => {
    const server = new FakeServer({ 'GET here': () => here() });
    const model = modelOf(server);
    await model.refresh();
    const before = server.count('GET here');
    model.directory = 'data/raw';
    expect(server.count('GET here')).toBe(before);
  });

  it('asks about a directory outside of it', async () => {
    const inside = here();
    inside.state!.workspace.server_path = 'churn';
    const server = new FakeServer({ 'GET here': () => inside });
    const model = modelOf(server);
    model.directory = 'churn';
    await model.refresh();
    const before = server.count('GET here');
    model.directory = 'other';
    await model.refresh();
    expect(server.count('GET here')).toBeGreaterThan(before);
    expect(server.asked.at(-1)?.query.get('directory')).toBe('other');
  });

  it('undoes a restore with the safety checkpoint', async () => {
    const server = new FakeServer({
      'GET here': () => here(),
      'POST workspaces/w1/restore': () => task({ kind: 'restore' }),
      'GET tasks/t1': () => task({ kind: 'restore', state: 'done', result: restored })
    });
    const model = modelOf(server);
    await model.refresh();
    let written = 0;
    model.filesChanged.connect(() => {
      written += 1;
    });
    const result = await model.restore('a'.repeat(64), ['x.ipynb']);
    expect(result.undo).toBe('b'.repeat(64));
    expect(written).toBe(1);
    expect(server.asked.find(({ what }) => what.endsWith('restore'))?.body).toEqual({
      commit: 'a'.repeat(64),
      paths: ['x.ipynb']
    });
  });

  it('undoes it with what was newest, when nothing had to be saved first', async () => {
    const server = new FakeServer({
      'GET here': () => here(),
      'POST workspaces/w1/restore': () => task({ kind: 'restore' }),
      'GET tasks/t1': () =>
        task({ kind: 'restore', state: 'done', result: { ...restored, safety: null } })
    });
    const model = modelOf(server);
    await model.refresh();
    expect((await model.restore('a'.repeat(64), [])).undo).toBe('c'.repeat(64));
  });

  it('shows a task while it runs, and no longer', async () => {
    const answers = [task(), task({ state: 'failed', error: null })];
    const server = new FakeServer({
      'GET here': () => here(),
      'POST workspaces/w1/checkpoints': () => task({ state: 'queued' }),
      'GET tasks/t1': () => answers.shift()
    });
    const model = modelOf(server);
    await model.refresh();
    const seen: (string | undefined)[] = [];
    model.changed.connect(() => {
      seen.push(model.task?.state);
    });
    await expect(model.checkpoint('x')).rejects.toThrow();
    expect(seen.slice(0, 3)).toEqual(['queued', 'running', undefined]);
    expect(model.task).toBeNull();
  });

  it('reads all branches, page by page', async () => {
    const branch = (name: string) => ({ name });
    const server = new FakeServer({
      'GET here': () => here(),
      'GET projects/p1/branches': query =>
        query.get('cursor') === null
          ? { items: [branch('main')], next: 'more' }
          : { items: [branch('try')], next: null }
    });
    const model = modelOf(server);
    await model.refresh();
    expect((await model.branches()).map(({ name }) => name)).toEqual(['main', 'try']);
  });

  it('is there before it is known what changed, and stays so when that is looked for again', async () => {
    const changed = { total: 2, added: 2, modified: 0, deleted: 0, renamed: 0, since: null };
    const seen: (number | undefined)[] = [];
    const model = modelOf(
      new FakeServer({
        'GET here': query => here({ changed: query.get('changes') === 'true' ? changed : null })
      })
    );
    model.changed.connect(() => seen.push(model.state?.changed?.total));
    await model.refresh();
    expect(seen).toEqual([undefined, 2]);
    model.hint('history');
    await model.refresh();
    expect(seen).toEqual([undefined, 2, 2, 2]);
  });

  it('follows what somebody else runs until it is over, and then looks what changed', async () => {
    const asked: (string | null)[] = [];
    let tasks = [task()];
    const model = modelOf(
      new FakeServer({
        'GET here': query => {
          asked.push(query.get('changes'));
          return here({ tasks });
        }
      })
    );
    await model.refresh();
    expect(model.task?.id).toBe('t1');
    expect(asked).toEqual(['false']);
    tasks = [];
    await model.refresh();
    expect(model.task).toBeNull();
    expect(asked).toEqual(['false', 'false', 'true']);
  });

  it('shows no task as running that ended before the wish to stop it was answered', async () => {
    const told = new Held<Task>();
    const model = modelOf(
      new FakeServer({
        'GET here': () => here(),
        'POST tasks/t1/cancel': () => told.reply
      })
    );
    await model.refresh();
    model.track(task());
    const cancelled = model.cancelTask();
    model.track(task({ state: 'done' }));
    told.answer(task({ cancelling: true }));
    await cancelled;
    expect(model.task).toBeNull();
  });
});
