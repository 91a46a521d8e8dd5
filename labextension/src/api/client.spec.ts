import { ServerConnection } from '@jupyterlab/services';
import { expect, test } from 'vitest';

import { Api, isAbort, messageOf } from './client';

function failing(error: Error): Api {
  return new Api(ServerConnection.makeSettings(), () => Promise.reject(error));
}

test('a server that is gone is told in words of its own, not of the browser', async () => {
  const api = failing(new ServerConnection.NetworkError(new TypeError('Failed to fetch')));
  for (const asked of [api.call('get', '/here', { query: {} }), api.bytes('/somewhere')]) {
    const error = await asked.catch((reason: unknown) => reason);
    expect(messageOf(error)).toMatch(/does not answer/);
    expect(isAbort(error)).toBe(false);
  }
});

test('a call that its caller gave up stays one', async () => {
  const api = failing(
    new ServerConnection.NetworkError(new TypeError('signal is aborted without reason'))
  );
  const error = await api.call('get', '/here', { query: {} }).catch((reason: unknown) => reason);
  expect(isAbort(error)).toBe(true);
});
