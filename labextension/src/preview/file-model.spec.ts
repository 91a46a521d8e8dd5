import { describe, expect, it } from 'vitest';

import { textOf } from './file-model';

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
