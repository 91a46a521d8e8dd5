import { describe, expect, it } from 'vitest';

import { FakeServer, unreachable } from '../testing/server';
import { WorkspaceModel } from '../workspace/model';
import { BrowseModel } from './browse-model';

const TREE = 'GET projects/p1/commits/c1/tree';

const directory = { path: 'data', type: 'directory', size: null, mode: 0o40755, hash: null };
const file = { path: 'data/a.csv', type: 'file', size: 3, mode: 0o100644, hash: null };

describe('the files of a commit', () => {
  it('can be asked for again where they could not be read', async () => {
    let isGone = true;
    const server = new FakeServer({
      [TREE]: query => {
        if (query.get('path') === 'data' && isGone) {
          unreachable();
        }
        return { items: query.get('path') === '' ? [directory] : [file], next: null };
      }
    });
    const workspace = new WorkspaceModel({ api: server.api, standby: 'never' });
    const model = new BrowseModel(workspace, 'p1', 'c1');
    await model.load();
    await model.toggle(model.rows[0]!);
    expect(model.rows[1]).toMatchObject({ kind: 'note', note: 'failed' });

    isGone = false;
    await model.toggle(model.rows[1]!);
    expect(model.rows.map(({ key }) => key)).toEqual(['e:data', 'e:data/a.csv']);
    workspace.dispose();
  });
});
