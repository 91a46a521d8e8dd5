import { afterEach, describe, expect, it, vi } from 'vitest';

import { FakeServer } from '../testing/server';
import { BuildLogModel } from './build-log';
import { LogText, nextHit } from './log';

describe('a log', () => {
  it('grows, and finds words whatever their case', () => {
    const log = new LogText();
    log.append(['resolve    for CPython', 'Downloading Pandas', 'ready']);
    log.search = 'pandas';
    log.append([' + pandas==3.0.1', 'error: no']);
    expect(log.hits).toEqual([2, 4]);
    expect(log.lines.map(line => line.kind)).toEqual(['step', 'plain', 'good', 'plain', 'bad']);
    log.search = '';
    expect(log.hits).toEqual([]);
  });

  it('goes from hit to hit and round', () => {
    expect(nextHit([2, 4], 0, 1)).toBe(2);
    expect(nextHit([2, 4], 2, 1)).toBe(4);
    expect(nextHit([2, 4], 4, 1)).toBe(2);
    expect(nextHit([2, 4], 0, -1)).toBe(4);
    expect(nextHit([2, 4], 2, -1)).toBe(4);
    expect(nextHit([], 0, 1)).toBeNull();
  });
});

describe('a log that is written meanwhile', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is read to its end, in whole lines, and tells the end once', async () => {
    vi.useFakeTimers();
    const text = 'resolve x\nhalf a line\nready\n';
    const sizes = [15, 28, 28];
    const server = new FakeServer({
      'GET environments/e1/builds/b1/log': query => {
        const from = Number(query.get('offset'));
        const size = sizes.shift() ?? text.length;
        return {
          text: text.slice(from, size),
          offset: from,
          next: size,
          size,
          ended: size === text.length,
          state: size === text.length ? 'ready' : 'building'
        };
      }
    });
    const model = new BuildLogModel(server.api, 'e1', 'b1');
    let ends = 0;
    model.ended.connect(() => {
      ends += 1;
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(model.log.lines.map(line => line.text)).toEqual(['resolve x']);
    expect(model.state).toBe('building');
    await vi.advanceTimersByTimeAsync(2000);
    expect(model.log.lines.map(line => line.text)).toEqual(['resolve x', 'half a line', 'ready']);
    expect(ends).toBe(1);
    const asked = server.asked.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.asked.length).toBe(asked);
    model.dispose();
  });

  it('that has ended long ago is no news', async () => {
    vi.useFakeTimers();
    const server = new FakeServer({
      'GET environments/e1/builds/b1/log': () => ({
        text: 'ready\n',
        offset: 0,
        next: 6,
        size: 6,
        ended: true,
        state: 'ready'
      })
    });
    const model = new BuildLogModel(server.api, 'e1', 'b1');
    let ends = 0;
    model.ended.connect(() => {
      ends += 1;
    });
    await vi.advanceTimersByTimeAsync(3000);
    expect([ends, server.asked.length]).toEqual([0, 1]);
    model.dispose();
  });
});
