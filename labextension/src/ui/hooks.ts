/** React and Lumino side by side. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Draws the component again whenever a signal is emitted; returns how often that was. */
export function useSignal<S, A>(signal: ISignal<S, A>): number {
  const [count, again] = React.useReducer((n: number) => n + 1, 0);
  // At once with the drawing: what is emitted a moment later must not be missed.
  React.useLayoutEffect(() => {
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

/**
 * Whether `first` and `second` need more room than `line` has, each as wide as it would like to be. `second` may then
 * be drawn elsewhere and narrower: its width counts as it was beside `first`.
 */
export function useIsCut(
  line: React.RefObject<HTMLElement>,
  first: React.RefObject<HTMLElement>,
  second: React.RefObject<HTMLElement>
): boolean {
  const [isCut, setIsCut] = React.useState(false);
  const natural = React.useRef({ text: '', width: 0 });
  React.useLayoutEffect(() => {
    const node = line.current;
    if (node === null) {
      return;
    }
    const measure = (): void => {
      const text = second.current?.textContent ?? '';
      if (!isCut) {
        natural.current = { text, width: second.current?.scrollWidth ?? 0 };
      } else if (text !== natural.current.text) {
        // Something else stands there: back beside the first, to be measured.
        setIsCut(false);
        return;
      }
      setIsCut((first.current?.scrollWidth ?? 0) + natural.current.width > node.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  });
  return isCut;
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
