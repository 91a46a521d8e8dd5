import { describe, expect, it } from 'vitest';

import { FakeServer, unreachable } from '../testing/server';
import { FileModel, SHOWN_AT_ONCE, textOf } from './file-model';

const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

describe('text or not', () => {
  it('takes UTF-8', () => {
    expect(textOf(new TextEncoder().encode('grüße\n').buffer)).toBe('grüße\n');
  });

  it('takes neither other bytes nor NUL for text', () => {
    expect(textOf(bytes(0xff, 0xfe, 0x41))).toBeNull();
    expect(textOf(bytes(0x41, 0x00, 0x42))).toBeNull();
  });
});

describe('a file that is shown on demand', () => {
  it('says so when its text cannot be had, and can be asked again', async () => {
    let isGone = true;
    const server = new FakeServer({
      'GET projects/p1/commits/c1/contents': () => ({ type: 'file', size: SHOWN_AT_ONCE + 1 }),
      'GET projects/p1/commits/c1/content': () => (isGone ? unreachable() : 'text')
    });
    const model = new FileModel(server.api, { project: 'p1', commit: 'c1', path: 'large.log' });
    await model.load();
    await model.showText();
    expect(model.state).toMatchObject({ kind: 'failed' });

    isGone = false;
    await model.load();
    expect(model.state).toMatchObject({ kind: 'about', canShow: true });
    await model.showText();
    expect(model.state).toMatchObject({ kind: 'text' });
  });
});
