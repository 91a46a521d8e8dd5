/** React and Lumino side by side. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Draws the component again whenever a signal is emitted; returns how often that was. */
export function useSignal<S, A>(signal: ISignal<S, A>): number {
  const [count, again] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    signal.connect(again);
    return () => {
      signal.disconnect(again);
    };
  }, [signal]);
  return count;
}

/** Size of an element, from its first layout on. */
export function useHeight(ref: React.RefObject<HTMLElement>): number {
  const [height, setHeight] = React.useState(0);
  React.useLayoutEffect(() => {
    const node = ref.current;
    if (node === null) {
      return;
    }
    setHeight(node.clientHeight);
    const observer = new ResizeObserver(() => setHeight(node.clientHeight));
    observer.observe(node);
    return () => observer.disconnect();
  }, [ref]);
  return height;
}

/** Counts minutes: what shows relative times is drawn again with each. */
export function useMinute(): number {
  const [minute, next] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const timer = setInterval(next, 60_000);
    return () => clearInterval(timer);
  }, []);
  return minute;
}
