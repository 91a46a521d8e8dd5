import { describe, expect, it } from 'vitest';

import { encodeText, fillPath, queryString } from './encode';

describe('names in URLs', () => {
  it('sends a byte that is no UTF-8 as that byte', () => {
    expect(encodeText('caf\udce9 \udc80\udcff.txt')).toBe('caf%E9%20%80%FF.txt');
  });

  it('leaves pairs of surrogates what they are: one character', () => {
    expect(encodeText('a😀b')).toBe(encodeURIComponent('a😀b'));
    expect(encodeText('😀\udc80')).toBe(`${encodeURIComponent('😀')}%80`);
  });

  it('never throws, whatever half a pair stands alone', () => {
    expect(encodeText('\ud800')).toBe('%EF%BF%BD');
    expect(encodeText('\udfff')).toBe('%EF%BF%BD');
  });

  it('keeps a name inside its place of the path', () => {
    expect(fillPath('/projects/{project}/tags/{tag}', { project: 'a/../b', tag: 'v?1#' })).toBe(
      '/projects/a%2F..%2Fb/tags/v%3F1%23'
    );
  });

  it('repeats a parameter for a list and leaves out what is not given', () => {
    expect(queryString({ kind: ['run', 'auto'], text: undefined, path: null, limit: 5 })).toBe(
      '?kind=run&kind=auto&limit=5'
    );
    expect(queryString({})).toBe('');
  });
});
