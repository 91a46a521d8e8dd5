import { describe, expect, it } from 'vitest';

import { layOut, MAX_LANES } from './graph';

/** `main:c<b`: a commit c on main whose parent is b. */
const line = (text: string) => {
  const [branch = '', rest = ''] = text.split(':');
  const [id = '', ...parents] = rest.split('<');
  return { id, branch, parents };
};
const draw = (lines: string[], complete = true) => layOut(lines.map(line), 'main', complete);

describe('the branch graph', () => {
  it('is one line for one branch', () => {
    const { rows, width } = draw(['main:c<b', 'main:b<a', 'main:a']);
    expect(width).toBe(1);
    expect(rows.map(({ above, below }) => [above, below])).toEqual([
      [false, true],
      [true, true],
      [true, false]
    ]);
  });

  it('gives the present branch the first lane, whoever is newer', () => {
    const { rows } = draw(['try:t<a', 'main:b<a', 'main:a']);
    expect(rows.map(row => row.lane)).toEqual([1, 0, 0]);
  });

  it('lets a branch end in the commit that it left', () => {
    const { rows } = draw(['try:t<a', 'main:b<a', 'main:a']);
    expect(rows[0]).toMatchObject({ above: false, below: true });
    expect(rows[1]?.through).toEqual([1]);
    expect(rows[2]).toMatchObject({ joins: [1], through: [], below: false });
  });

  it('joins two commits of a branch although retention hides the one between', () => {
    const { rows } = draw(['main:c<hidden', 'main:a']);
    expect(rows[0]?.below).toBe(true);
    expect(rows[1]?.above).toBe(true);
  });

  it('goes on below the last row while older ones are to come', () => {
    const { rows } = draw(['try:t<x', 'main:b<a'], false);
    expect(rows[1]?.below).toBe(true);
    expect(rows[1]?.through).toEqual([1]);
  });

  it('uses a lane again once its branch has ended', () => {
    const { rows, width } = draw(['one:x<c', 'main:c<b', 'two:y<a', 'main:b<a', 'main:a']);
    expect(rows[0]?.lane).toBe(1);
    expect(rows[2]?.lane).toBe(1);
    expect(width).toBe(2);
  });

  it('stays slim however many branches there are', () => {
    const many = Array.from({ length: 40 }, (_, n) => `b${n}:t${n}<a`);
    const { width, rows } = draw([...many, 'main:a']);
    expect(width).toBe(MAX_LANES);
    expect(Math.max(...rows.map(row => row.lane))).toBe(MAX_LANES - 1);
  });
});
