import { ServerConnection } from '@jupyterlab/services';
import { describe, expect, it } from 'vitest';

import { FakeServer } from '../testing/server';
import { CommitDrive, NOTEBOOK } from './drive';
import { localPathOf } from './path';

const commit = 'a'.repeat(64);
const path = localPathOf({ project: 'p1', commit, path: 'nb/train.ipynb' });
const what = `GET projects/p1/commits/${commit}/contents`;

function drive() {
  const server = new FakeServer({
    [what]: query => ({
      name: 'train.ipynb',
      path: 'nb/train.ipynb',
      type: query.get('type') ?? 'file',
      format: query.get('content') === 'false' ? null : query.get('format'),
      mimetype: null,
      content: query.get('content') === 'false' ? null : { cells: [] },
      size: 3,
      created: '',
      last_modified: '',
      writable: false,
      hash: 'h',
      hash_algorithm: 'blake3'
    })
  });
  return { server, drive: new CommitDrive(server.api) };
}

describe('the drive of past files', () => {
  it('answers under the name it was asked for', async () => {
    const model = await drive().drive.get(path, { type: 'file', format: 'text' });
    expect(model).toMatchObject({ path, name: 'train.ipynb @ aaaaaaaa', writable: false });
  });

  it('gives a notebook to our viewer only', async () => {
    const { server, drive: one } = drive();
    await one.get(path, { ...NOTEBOOK });
    expect(server.asked[0]?.query.get('type')).toBe('notebook');
    await expect(one.get(path, { type: 'notebook', format: 'json' })).rejects.toThrow('read-only');
  });

  it('gives no content under a name that Lab has viewers for', async () => {
    const bare = path.replace(' @ aaaaaaaa', '');
    await expect(drive().drive.get(bare, { type: 'file', format: 'text' })).rejects.toMatchObject({
      response: { status: 403 }
    });
  });

  it('has no checkpoints and no shared models', async () => {
    const { drive: one } = drive();
    expect(await one.listCheckpoints()).toEqual([]);
    expect('sharedModelFactory' in one).toBe(false);
  });

  it.each(['save', 'delete', 'rename', 'copy', 'newUntitled', 'createCheckpoint'] as const)(
    'refuses to %s',
    async verb => {
      await expect(drive().drive[verb]()).rejects.toBeInstanceOf(ServerConnection.ResponseError);
    }
  );

  it.each(['delete', 'copy'] as const)('lets people know that it refuses to %s', async verb => {
    const told: string[] = [];
    const one = new CommitDrive(new FakeServer({}).api, () => told.push(verb));
    await expect(one[verb]()).rejects.toBeInstanceOf(ServerConnection.ResponseError);
    expect(told).toEqual([verb]);
  });

  it('passes on why the server refuses', async () => {
    const server = new FakeServer({});
    await expect(new CommitDrive(server.api).get(path, { content: false })).rejects.toMatchObject({
      response: { status: 404 }
    });
  });

  it('downloads the file itself, whatever mark its name carries', async () => {
    expect(await drive().drive.getDownloadUrl(path)).toContain('?path=nb%2Ftrain.ipynb');
  });
});
