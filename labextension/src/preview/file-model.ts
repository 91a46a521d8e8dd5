/** A past file of which Lab only knows the name: is it text, and what else can be said? No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';

import { messageOf, type Api, type ContentsModel } from '../api/client';
import type { IFileAt } from '../tokens';

/** Bytes up to which a file that may be text is shown at once. */
export const SHOWN_AT_ONCE = 5_000_000;
/** Bytes up to which an editor is bearable at all. */
export const SHOWN_ON_DEMAND = 100_000_000;

export type FileState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'text'; readonly about: ContentsModel; readonly text: string }
  | {
      readonly kind: 'about';
      readonly about: ContentsModel;
      /** It may be text, but is large: on demand. */
      readonly canShow: boolean;
    }
  | { readonly kind: 'failed'; readonly message: string };

export class FileModel {
  constructor(
    readonly api: Api,
    readonly file: IFileAt
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): FileState {
    return this._state;
  }

  /** Address of the bytes, as an attachment. */
  get downloadUrl(): string {
    const { project, commit, path } = this.file;
    return this.api.url(
      '/projects/{project}/commits/{commit}/content',
      { project, commit },
      { path, download: true }
    );
  }

  async load(): Promise<void> {
    await this._try(async () => {
      const { project, commit, path } = this.file;
      const about = await this.api.call('get', '/projects/{project}/commits/{commit}/contents', {
        path: { project, commit },
        query: { path, content: false }
      });
      const size = about.size ?? 0;
      if (about.type === 'file' && size <= SHOWN_AT_ONCE) {
        await this._show(about);
      } else {
        this._become({ kind: 'about', about, canShow: size <= SHOWN_ON_DEMAND });
      }
    });
  }

  /** Shows a large file as text after all. */
  async showText(): Promise<void> {
    const { _state: state } = this;
    if (state.kind === 'about') {
      await this._try(() => this._show(state.about));
    }
  }

  private async _try(read: () => Promise<void>): Promise<void> {
    this._become({ kind: 'loading' });
    try {
      await read();
    } catch (error) {
      this._become({ kind: 'failed', message: messageOf(error) });
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private async _show(about: ContentsModel): Promise<void> {
    const { project, commit, path } = this.file;
    const url = this.api.url(
      '/projects/{project}/commits/{commit}/content',
      { project, commit },
      { path }
    );
    const text = textOf(await this.api.bytes(url));
    this._become(
      text === null ? { kind: 'about', about, canShow: false } : { kind: 'text', about, text }
    );
  }

  private _become(state: FileState): void {
    this._state = state;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _state: FileState = { kind: 'loading' };
}

/** Bytes as text; null when they are none. */
export function textOf(bytes: ArrayBuffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
