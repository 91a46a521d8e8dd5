/** The log of one build, read as it grows. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';

import { messageOf, type Api, type Build } from '../api/client';
import { LogText } from './log';

/** Milliseconds between two questions while it runs. */
const PACE = 400;
/** The same after one that failed. */
const PACE_AFTER_FAILURE = 5000;
/** Bytes in one answer. */
const PART = 524_288;

export class BuildLogModel implements IDisposable {
  constructor(
    private readonly _api: Api,
    private readonly _environment: string,
    readonly build: string
  ) {
    void this._read();
  }

  readonly log = new LogText();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The build has ended and all of its log is here. */
  get ended(): ISignal<this, void> {
    return this._ended;
  }

  /** State of the build, as the newest answer has it. */
  get state(): Build['state'] | null {
    return this._state;
  }

  get problem(): string | null {
    return this._problem;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  set search(text: string) {
    this.log.search = text;
    this._changed.emit();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      clearTimeout(this._timer);
      Signal.clearData(this);
    }
  }

  private async _read(): Promise<void> {
    let done = false;
    let behind = false;
    try {
      const part = await this._api.call('get', '/environments/{environment}/builds/{build}/log', {
        path: { environment: this._environment, build: this.build },
        query: { offset: this._offset, limit: PART }
      });
      if (this._isDisposed) {
        return;
      }
      this._offset = part.next;
      this._state = part.state;
      this._problem = null;
      this._take(part.text);
      behind = part.next < part.size;
      done = part.ended && !behind;
      this._changed.emit();
      if (done && this._lived) {
        this._ended.emit();
      }
    } catch (error) {
      this._problem = messageOf(error);
      this._changed.emit();
    }
    this._lived = true;
    if (!done && !this.isDisposed) {
      const pace = this._problem === null ? PACE : PACE_AFTER_FAILURE;
      this._timer = setTimeout(() => void this._read(), behind ? 0 : pace);
    }
  }

  private _take(text: string): void {
    const lines = (this._rest + text).split('\n');
    // What follows the last line's end is the beginning of a line still to come.
    this._rest = lines.pop() ?? '';
    this.log.append(lines);
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, void>(this);
  private _offset = 0;
  private _rest = '';
  private _state: Build['state'] | null = null;
  private _problem: string | null = null;
  /** It was seen before it ended. */
  private _lived = false;
  private _isDisposed = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** Whether a build has not ended. */
export function isUnderWay(state: Build['state']): boolean {
  return state === 'queued' || state === 'building';
}
