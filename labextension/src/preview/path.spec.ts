import { describe, expect, it } from 'vitest';

import { drivePathOf, localPathOf, parse, unmarked } from './path';

const commit = '3f9a2c71'.padEnd(64, 'e');

describe('paths on the drive', () => {
  it.each(['train.ipynb', 'a b/c @ d.txt', 'x:y/z', 'half @ 3f9a2c71', ''])(
    'come back as they went: %s',
    path => {
      const file = { project: 'p1', commit, path };
      expect(parse(drivePathOf(file))).toEqual({ ...file, marked: true });
      expect(parse(localPathOf(file))).toEqual({ ...file, marked: true });
    }
  );

  it('say when the mark is missing', () => {
    expect(parse(`repro:p1/${commit}/a.ipynb`)).toMatchObject({ path: 'a.ipynb', marked: false });
    expect(parse(`repro:p1/${commit}/a.ipynb @ 00000000`)).toMatchObject({ marked: false });
  });

  it.each(['repro:', 'repro:p1', 'repro:p1/3f9a', `repro:/${commit}/a`, 'a.ipynb'])(
    'are none: %s',
    path => {
      expect(parse(path)).toBeNull();
    }
  );

  it('show the name without its mark', () => {
    expect(unmarked('train.ipynb @ 3f9a2c71')).toBe('train.ipynb');
    expect(unmarked('train.ipynb')).toBeNull();
  });
});
