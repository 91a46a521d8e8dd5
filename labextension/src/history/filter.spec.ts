import { describe, expect, it } from 'vitest';

import { isSelective, NO_FILTER, queryOf } from './filter';

const typed = (text: string) => queryOf({ ...NO_FILTER, text }, 'main');

describe('the filter box', () => {
  it('takes words as text', () => {
    expect(typed('learning  rate')).toEqual({ text: 'learning rate' });
  });

  it('takes keys with values, quoted or not', () => {
    expect(typed('author:"Ada L" path:data/ depth')).toEqual({
      author: 'Ada L',
      path: 'data/',
      text: 'depth'
    });
  });

  it('collects kinds', () => {
    expect(typed('kind:auto kind:run')).toEqual({ kind: ['auto', 'run'] });
  });

  it('takes what is no key as a word, colon and all', () => {
    expect(typed('http://x note:later')).toEqual({ text: 'http://x note:later' });
  });

  it('reads days, and leaves out what is none', () => {
    expect(typed('since:2026-11-01 until:soon')).toEqual({ since: '2026-11-01T00:00:00.000Z' });
  });

  it('does not stumble over an open quote', () => {
    expect(typed('"half')).toEqual({ text: 'half' });
  });
});

describe('the buttons', () => {
  it('are one parameter each', () => {
    expect(queryOf({ ...NO_FILTER, view: 'named' }, 'main')).toEqual({ named: true });
    expect(queryOf({ ...NO_FILTER, view: 'mine' }, 'main')).toEqual({ mine: true });
    expect(queryOf({ ...NO_FILTER, view: 'runs' }, 'main')).toEqual({ kind: ['run'] });
  });

  it('combine with a file and the branch', () => {
    expect(
      queryOf({ ...NO_FILTER, path: 'a.ipynb', thisBranch: true, hidden: true }, 'try')
    ).toEqual({ path: 'a.ipynb', branch: 'try', hidden: true });
  });

  it('say when rows may be missing between neighbours', () => {
    expect(isSelective(NO_FILTER)).toBe(false);
    expect(isSelective({ ...NO_FILTER, hidden: true, thisBranch: true })).toBe(false);
    expect(isSelective({ ...NO_FILTER, text: ' x' })).toBe(true);
    expect(isSelective({ ...NO_FILTER, path: 'a' })).toBe(true);
  });
});
