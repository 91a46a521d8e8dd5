import { afterEach, describe, expect, it } from 'vitest';

import type { RevisionRow } from '../api/client';
import { definition, environment, environmentDetail, revision } from '../testing/environments';
import { FakeServer, Held, unreachable } from '../testing/server';
import { here } from '../testing/state';
import { WorkspaceModel } from '../workspace/model';
import { EnvironmentModel } from './environment-model';
import { EnvironmentsModel } from './model';

type Page = { items: RevisionRow[]; next: string | null };

const PATH = 'GET environments/e1';
const REVISIONS = `${PATH}/revisions`;
const row = revision({ number: 1, active: true });

const made: { dispose(): void }[] = [];

/** An environment of one revision, whose rows are what `revisions` answers. */
function modelOf(
  revisions: (query: URLSearchParams) => unknown,
  more: ConstructorParameters<typeof FakeServer>[0] = {}
): { model: EnvironmentModel; server: FakeServer } {
  const server = new FakeServer({
    'GET here': () => here(),
    [PATH]: () => environmentDetail({ environment: environment(), revision: row }),
    [REVISIONS]: revisions,
    [`${REVISIONS}/1`]: () => ({
      environment: environment(),
      revision: row,
      definition: definition(),
      builds: [],
      packages: null,
      lock: null
    }),
    ...more
  });
  const workspace = new WorkspaceModel({ api: server.api, standby: 'never' });
  const environments = new EnvironmentsModel(workspace);
  const model = new EnvironmentModel(environments, 'e1');
  made.push(model, environments, workspace);
  return { model, server };
}

afterEach(() => {
  made.splice(0).forEach(one => one.dispose());
});

describe('one environment, asked for in a hurry', () => {
  it('shows the newest answer, whichever comes last', async () => {
    const [slow, quick] = [new Held<Page>(), new Held<Page>()];
    const replies = [slow.reply, quick.reply];
    const { model } = modelOf(() => replies.shift());
    const [first, second] = [model.load(), model.load()];
    quick.answer({ items: [{ ...row, message: 'new' }], next: null });
    await second;
    slow.answer({ items: [{ ...row, message: 'old' }], next: null });
    await first;
    expect(model.revisions.map(({ message }) => message)).toEqual(['new']);
  });

  it('reads nothing any more once its tab is closed', async () => {
    const held = new Held<Page>();
    const { model, server } = modelOf(() => held.reply);
    const loaded = model.load();
    model.dispose();
    held.answer({ items: [row], next: null });
    await loaded;
    expect(server.count(`${REVISIONS}/1`)).toBe(0);
  });

  it('can be asked again for what the server did not answer', async () => {
    let isGone = true;
    const { model } = modelOf(() => ({ items: [row], next: null }), {
      [`${PATH}/compare`]: query =>
        isGone ? unreachable() : { a: Number(query.get('a')), b: Number(query.get('b')) }
    });
    await model.load();
    await model.compare(1, 1);
    expect(model.problem).toMatch(/does not answer/);
    isGone = false;
    await model.again();
    expect(model.problem).toBeNull();
    expect(model.comparison).toMatchObject({ a: 1, b: 1 });
  });

  it('does not ask for older revisions again and again when that failed', async () => {
    const { model, server } = modelOf(query =>
      query.get('cursor') === null ? { items: [row], next: 'next' } : unreachable()
    );
    await model.load();
    // As the list does whenever it is drawn near its end.
    model.changed.connect(() => void model.more());
    await model.more();
    expect(server.count(REVISIONS)).toBe(2);
    await model.again();
    expect(server.count(REVISIONS)).toBe(4);
  });
});
