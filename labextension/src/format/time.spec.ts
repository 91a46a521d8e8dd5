import { describe, expect, it } from 'vitest';

import { duration, TimeFormat } from './time';

const time = new TimeFormat('en-GB');
const now = new Date(2026, 10, 21, 15, 0, 0);
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe('times', () => {
  it('are relative for half a day, then the time of day', () => {
    expect(time.ago(at(2026, 10, 21, 14, 48), null, now)).toBe('12 min ago');
    expect(time.ago(at(2026, 10, 21, 12, 0), null, now)).toBe('3 hr ago');
    expect(time.ago(at(2026, 10, 21, 1, 5), null, now)).toBe('01:05');
    expect(time.ago(at(2026, 10, 21, 1, 5), at(2026, 10, 21, 0, 5), now)).toBe('01:05');
    expect(time.ago(at(2026, 10, 19, 1, 5), at(2026, 10, 17, 9, 0), now)).toContain('19 Nov');
  });

  it('never lie in the future, whatever the clocks say', () => {
    expect(time.ago(at(2026, 10, 21, 15, 1), null, now)).toBe('now');
  });

  it('name near days', () => {
    expect(time.day(at(2026, 10, 21, 0, 1), now)).toBe('Today');
    expect(time.day(at(2026, 10, 20, 23, 59), now)).toBe('Yesterday');
    expect(time.day(at(2026, 10, 17, 9, 0), now)).toMatch(/^Tue,? 17 Nov$/);
    expect(time.day(at(2025, 10, 17, 9, 0), now)).toBe('17 Nov 2025');
    expect(time.moment(at(2026, 10, 20, 14, 31), now)).toBe('yesterday 14:31');
  });

  it('last', () => {
    const from = at(2026, 10, 21, 9, 0);
    expect(duration(from, at(2026, 10, 21, 9, 0))).toBe('');
    expect(duration(from, at(2026, 10, 21, 9, 40))).toBe('40 min');
    expect(duration(from, at(2026, 10, 21, 11, 5))).toBe('2 h 5 min');
    expect(duration(from, at(2026, 10, 24, 13, 0))).toBe('3 d 4 h');
  });
});
