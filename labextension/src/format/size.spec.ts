import { expect, it } from 'vitest';

import { formatBytes } from './size';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [41_210, '41 kB'],
  [999_600, '1.0 MB'],
  [312_000_000, '312 MB'],
  [1.2e12, '1.2 TB']
])('%d bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
