import { afterEach, describe, expect, it } from 'vitest';

import type { Environment, Task } from '../api/client';
import {
  definition,
  discovered,
  environment,
  environmentDetail,
  revision
} from '../testing/environments';
import { FakeServer, Refusal } from '../testing/server';
import { here, task } from '../testing/state';
import { WorkspaceModel } from '../workspace/model';
import { candidates, chipMenu } from './chip';
import { draftOf } from './draft';
import { EnvironmentModel } from './environment-model';
import { EnvironmentsModel } from './model';

const used = {
  environment: 'e1',
  name: 'py311',
  revision: 1,
  label: 'py311 r1',
  pinned: false,
  kernel: 'repro-py311-r1',
  interpreter: '/python',
  installed: true,
  newer: null
};

function serverOf(
  environments: Environment[],
  more: ConstructorParameters<typeof FakeServer>[0] = {}
): FakeServer {
  return new FakeServer({
    'GET here': () => here(),
    'GET environments': () => ({ items: environments, next: null, total: environments.length }),
    'GET workspaces/w1/environment': () => ({
      workspace: 'w1',
      project: 'p1',
      used,
      source: 'workspace'
    }),
    'GET workspaces/w1/discovered': () => ({ files: [discovered()] }),
    'GET tasks': () => ({ items: [], next: null }),
    ...more
  });
}

let workspace: WorkspaceModel | undefined;

async function modelOf(server: FakeServer): Promise<EnvironmentsModel> {
  workspace = new WorkspaceModel({ api: server.api, standby: 'never' });
  await workspace.refresh();
  return new EnvironmentsModel(workspace);
}

afterEach(() => workspace?.dispose());

describe('the environments', () => {
  it('are asked for once, however often at a time', async () => {
    const server = serverOf([environment()]);
    const model = await modelOf(server);
    expect(server.count('GET environments')).toBe(0);
    await Promise.all([model.ensure(), model.ensure()]);
    await model.ensure();
    expect(model.rows.map(row => row.key)).toEqual([
      'g-used',
      'e-e1',
      'g-found',
      'f-requirements.txt'
    ]);
    expect(server.count('GET environments')).toBeLessThanOrEqual(2);
    model.dispose();
  });

  it('say what is wrong and keep what they had', async () => {
    let broken = false;
    const server = serverOf([environment()], {
      'GET environments': () => {
        if (broken) {
          throw new Refusal(500, 'broken', 'The catalogue cannot be read.');
        }
        return { items: [environment()], next: null, total: 1 };
      }
    });
    const model = await modelOf(server);
    await model.refresh();
    broken = true;
    await model.refresh();
    expect(model.problem).toBe('The catalogue cannot be read.');
    expect(model.environments).toHaveLength(1);
    model.dispose();
  });

  it('tells what the session could not have, until something else is chosen', async () => {
    let selected = used;
    const begun = {
      kind: 'begin-environment',
      selection: { workspace: 'w1', project: 'p1', used, source: 'workspace' },
      dead_builds: 0,
      notice: 'The file was not applied.'
    } as unknown as Task['result'];
    const server = serverOf([environment()], {
      'GET tasks': () => ({
        items: [task(), task({ kind: 'begin-environment', state: 'done', result: begun })],
        next: null
      }),
      'GET workspaces/w1/environment': () => ({
        workspace: 'w1',
        project: 'p1',
        used: selected,
        source: 'workspace'
      })
    });
    const model = await modelOf(server);
    await model.refresh();
    expect(model.notice).toBe('The file was not applied.');
    selected = { ...used, label: 'py311 r2' };
    await model.refresh();
    expect(model.notice).toBe(null);
    model.dispose();
  });

  it('offers in the chip what can be used, that in use first', async () => {
    const all = [
      environment({ id: 'z', name: 'a-of-bo', mine: false }),
      environment({ id: 'n', name: 'never-built', active: null }),
      environment({ id: 'o', name: 'put-away', archived: '2026-11-01T00:00:00.000000Z' }),
      environment({ id: 'm', name: 'mine' }),
      environment({ id: 'e1', name: 'zz-used' }),
      environment({ id: 'd', name: 'proposed', default: true, mine: false })
    ];
    expect(candidates(all, 'e1').map(one => one.name)).toEqual([
      'zz-used',
      'proposed',
      'mine',
      'a-of-bo'
    ]);
    const model = await modelOf(serverOf(all));
    await model.refresh();
    expect(chipMenu(model).filter(item => item?.args?.toggles === true)).toHaveLength(4);
    model.dispose();
  });
});

describe('one environment', () => {
  const path = 'GET environments/e1';
  const rows = [
    revision({ number: 2, active: true, changed: 'pandas 2.3.3 → 3.0.1' }),
    revision({ number: 1, active: false })
  ];

  function detailServer(): FakeServer {
    return serverOf([environment({ newest: 2, active: 2 })], {
      [path]: () =>
        environmentDetail({
          environment: environment({ newest: 2, active: 2 }),
          revision: rows[0]
        }),
      [`${path}/revisions`]: () => ({ items: rows, next: null }),
      [`${path}/revisions/2`]: () => ({
        environment: environment(),
        revision: rows[0],
        definition: definition(),
        builds: [],
        packages: null,
        lock: null
      }),
      [`${path}/compare`]: query => ({
        a: Number(query.get('a')),
        b: Number(query.get('b')),
        definition: '',
        lines: [],
        locked: true,
        summary: '',
        packages: []
      })
    });
  }

  it('opens at the active revision', async () => {
    const model = await modelOf(detailServer());
    const one = new EnvironmentModel(model, 'e1');
    await one.load();
    expect(one.selected).toBe(2);
    expect(one.detail?.revision.changed).toBe('pandas 2.3.3 → 3.0.1');
    expect(one.isDirty).toBe(false);
    one.dispose();
    model.dispose();
  });

  it('keeps what is being written when it is read again', async () => {
    const model = await modelOf(detailServer());
    const one = new EnvironmentModel(model, 'e1');
    await one.load();
    one.draft = { ...draftOf(definition()), text: 'pandas>=3\n' };
    expect(one.isDirty).toBe(true);
    await one.load();
    expect(one.draft.text).toBe('pandas>=3\n');
    one.dispose();
    model.dispose();
  });

  it('compares with the revision before, unless told otherwise', async () => {
    const model = await modelOf(detailServer());
    const one = new EnvironmentModel(model, 'e1');
    await one.load();
    one.tab = 'compare';
    await new Promise<void>(resolve => {
      one.changed.connect(() => {
        if (one.comparison !== null) {
          resolve();
        }
      });
    });
    expect(one.pair).toEqual([1, 2]);
    await one.compare(2, 1);
    expect(one.comparison).toMatchObject({ a: 2, b: 1 });
    one.dispose();
    model.dispose();
  });
});
