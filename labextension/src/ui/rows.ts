/** Rows of a long list, and where each of them is. No DOM. */

export interface ITreeRow {
  /** Stable across updates, unique in the page. */
  readonly key: string;
  /** Pixels. */
  readonly height: number;
}

/** The places of rows that lie one below the other. */
export class Places {
  constructor(rows: readonly ITreeRow[] = []) {
    this._tops = new Float64Array(rows.length + 1);
    let top = 0;
    rows.forEach((row, at) => {
      top += row.height;
      this._tops[at + 1] = top;
    });
  }

  /** Height of all. */
  get total(): number {
    return this.top(this._tops.length - 1);
  }

  /** Upper edge of a row. */
  top(row: number): number {
    return this._tops[row] ?? 0;
  }

  /** Lower edge of a row. */
  bottom(row: number): number {
    return this.top(row + 1);
  }

  /** The row at a height, by bisection. */
  at(y: number): number {
    let low = 0;
    let high = Math.max(0, this._tops.length - 2);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= y) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private readonly _tops: Float64Array;
}

/** The same set with one more, or one less when it was in it. */
export function toggled(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  const now = new Set(set);
  if (!now.delete(one)) {
    now.add(one);
  }
  return now;
}
