/** Rows of a long list, and where each of them is. No DOM. */

export interface ITreeRow {
  /** Stable across updates, unique in the page. */
  readonly key: string;
  /** Pixels. */
  readonly height: number;
}

/** Where each row begins, and at the end the height of all: row `i` is from `[i]` to `[i + 1]`. */
export function offsetsOf(rows: readonly ITreeRow[]): Float64Array {
  const offsets = new Float64Array(rows.length + 1);
  rows.forEach((row, at) => {
    offsets[at + 1] = offsets[at] + row.height;
  });
  return offsets;
}

/** The row at a height, by bisection. */
export function rowAt(offsets: Float64Array, y: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle] <= y) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
