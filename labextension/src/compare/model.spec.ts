import { afterEach, describe, expect, it } from 'vitest';

import type { DiffEntry, DiffPage } from '../api/client';
import { commit } from '../testing/commits';
import { FakeServer, Held, Refusal, unreachable } from '../testing/server';
import { here } from '../testing/state';
import { WorkspaceModel } from '../workspace/model';
import { CompareModel } from './model';

const DIFF = 'GET projects/p1/diff';
const FILE = 'GET projects/p1/diff/file';

const entry = (path: string): DiffEntry => ({
  path,
  old_path: null,
  change: 'modified',
  old_size: 1,
  new_size: 1,
  kind: 'text',
  stat: null
});

const page = (paths: string[], next: string | null = null): DiffPage => ({
  a: commit(),
  b: null,
  workspace: 'w1',
  items: paths.map(entry),
  next,
  counts: { added: 0, modified: paths.length, deleted: 0, renamed: 0 }
});

let workspace: WorkspaceModel | undefined;

function comparisonOf(server: FakeServer): CompareModel {
  workspace = new WorkspaceModel({ api: server.api, standby: 'never' });
  return new CompareModel(workspace, { project: 'p1', a: 'a', b: null, workspace: 'w1' });
}

const pathsOf = (model: CompareModel): string[] => model.rows.map(({ entry }) => entry.path);

afterEach(() => workspace?.dispose());

describe('a comparison', () => {
  it('shows the newest answer, whichever comes last', async () => {
    const [slow, quick] = [new Held<DiffPage>(), new Held<DiffPage>()];
    const replies = [slow.reply, quick.reply];
    const model = comparisonOf(new FakeServer({ [DIFF]: () => replies.shift() }));
    const [first, second] = [model.load(), model.load()];
    quick.answer(page(['new.txt']));
    await second;
    slow.answer(page(['old.txt']));
    await first;
    expect(pathsOf(model)).toEqual(['new.txt']);
    expect(model.selected).toBe('new.txt');
  });

  it('can be asked for again after the server was gone, and then shows the first file', async () => {
    let isGone = true;
    const server = new FakeServer({
      [DIFF]: () => (isGone ? unreachable() : page(['notes.md'])),
      [FILE]: () => unreachable()
    });
    const model = comparisonOf(server);
    await model.load();
    expect(model.problem).toMatch(/does not answer/);
    isGone = false;
    await model.load();
    expect(model.problem).toBeNull();
    expect(model.selected).toBe('notes.md');
    expect(model.detail).toMatchObject({ kind: 'failed' });
  });

  it('goes on to another file when that which was looked at differs no more', async () => {
    const pages = [page(['a.txt', 'b.txt']), page(['b.txt']), page([])];
    const model = comparisonOf(new FakeServer({ [DIFF]: () => pages.shift() }));
    const seen: (string | null)[] = [];
    while (pages.length > 0) {
      await model.load();
      seen.push(model.selected);
    }
    expect(seen).toEqual(['a.txt', 'b.txt', null]);
    expect(model.detail).toEqual({ kind: 'none' });
  });

  it('does not ask for more again and again when that failed', async () => {
    const server = new FakeServer({
      [DIFF]: query => {
        if (query.get('cursor') !== null) {
          throw new Refusal(503, 'busy');
        }
        return page(['notes.md'], 'next');
      }
    });
    const model = comparisonOf(server);
    await model.load();
    // As the list does whenever it is drawn near its end.
    model.changed.connect(() => void model.more());
    await model.more();
    expect(server.count(DIFF)).toBe(2);
    expect(pathsOf(model)).toEqual(['notes.md']);
  });

  it('reads nothing any more once it is closed', async () => {
    const held = new Held<DiffPage>();
    const server = new FakeServer({ 'GET here': () => here(), [DIFF]: () => held.reply });
    const model = comparisonOf(server);
    const loaded = model.load();
    model.dispose();
    held.answer(page(['notes.md']));
    await loaded;
    expect(server.count(FILE)).toBe(0);
  });
});
