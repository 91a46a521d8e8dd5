/** The lines of a build's log: appended while it runs, searched, and never all drawn at once. No DOM. */

/** A line as the view draws it. */
export interface ILogLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly kind: 'plain' | 'step' | 'good' | 'bad';
  /** It holds what is searched for. */
  readonly hit: boolean;
}

/** Words that the builder begins its own lines with. */
const STEP =
  /^(resolved?|fetch|install|lock|kernel|python|build|base|pull|push|script|solve|Step \d+\/\d+)\b/;
const GOOD = /^ready\b/;
const BAD = /^(failed|cancelled)\b|\berror\b[: ]/i;

function kindOf(text: string): ILogLine['kind'] {
  if (GOOD.test(text)) {
    return 'good';
  }
  if (BAD.test(text)) {
    return 'bad';
  }
  return STEP.test(text) ? 'step' : 'plain';
}

/** A log that grows. */
export class LogText {
  get lines(): readonly ILogLine[] {
    return this._lines;
  }

  /** Numbers of the lines with what is searched for. */
  get hits(): readonly number[] {
    return this._lines.filter(line => line.hit).map(line => line.number);
  }

  get search(): string {
    return this._search;
  }

  set search(text: string) {
    if (text !== this._search) {
      this._search = text;
      this._lines = this._lines.map(line => ({ ...line, hit: this._isHit(line.text) }));
    }
  }

  append(texts: readonly string[]): void {
    if (texts.length > 0) {
      const from = this._lines.length;
      this._lines = [
        ...this._lines,
        ...texts.map((text, at) => ({
          number: from + at + 1,
          text,
          kind: kindOf(text),
          hit: this._isHit(text)
        }))
      ];
    }
  }

  clear(): void {
    this._lines = [];
  }

  private _isHit(text: string): boolean {
    return this._search !== '' && text.toLowerCase().includes(this._search.toLowerCase());
  }

  private _lines: ILogLine[] = [];
  private _search = '';
}

/** The line to go to from `current` (0 for none): the next hit, or the first again; null when there is none. */
export function nextHit(hits: readonly number[], current: number, by: 1 | -1): number | null {
  if (hits.length === 0) {
    return null;
  }
  if (by === 1) {
    return hits.find(line => line > current) ?? hits[0] ?? null;
  }
  return (
    [...hits].reverse().find(line => line < current || current === 0) ??
    hits[hits.length - 1] ??
    null
  );
}
