/** A new environment while it is being written. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Discovered } from '../api/client';
import { printable } from '../format/names';
import { beginning, differ, draftOf, recalled, type EngineName, type IDraft } from './draft';

/** What the form holds. */
export interface IWritten {
  readonly name: string;
  readonly description: string;
  readonly message: string;
  readonly draft: IDraft;
  /** The file it came from; `''` for none. */
  readonly path: string;
}

const FROM_SCRATCH: IWritten = {
  name: '',
  description: '',
  message: '',
  draft: beginning('uv'),
  path: ''
};

export class NewEnvironmentModel {
  /** Begins with what was `kept` of a form of before, else with a file of the workspace, else with nothing. */
  constructor(found: Discovered | undefined, kept: unknown, trans: TranslationBundle) {
    this._trans = trans;
    this.begin(found);
    const before = kept as Partial<Record<keyof IWritten, unknown>> | null | undefined;
    const draft = recalled(before?.draft);
    if (draft !== null) {
      const text = (name: 'name' | 'description' | 'message' | 'path'): string =>
        typeof before?.[name] === 'string' ? before[name] : '';
      this._value = {
        name: text('name'),
        description: text('description'),
        message: text('message'),
        path: text('path'),
        draft
      };
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get value(): IWritten {
    return this._value;
  }

  /** Whether anything was written that closing the tab would lose. */
  get isDirty(): boolean {
    const { name, description, draft } = this._value;
    const began = this._began;
    return (
      name.trim() !== began.name ||
      description.trim() !== began.description ||
      differ(draft, began.draft)
    );
  }

  set(part: Partial<IWritten>): void {
    this._value = { ...this._value, ...part };
    this._changed.emit();
  }

  setDraft(part: Partial<IDraft>): void {
    this.set({ draft: { ...this._value.draft, ...part } });
  }

  /** Begins anew with a file of the workspace, or from scratch. */
  begin(found: Discovered | undefined): void {
    this._began =
      found === undefined || found.definition === null
        ? FROM_SCRATCH
        : {
            name: found.name,
            description: '',
            message: this._trans.__('From %1', printable(found.path)),
            draft: draftOf(found.definition),
            path: found.path
          };
    this._value = this._began;
    this._changed.emit();
  }

  /** Begins the definition anew, for another engine. */
  choose(engine: EngineName): void {
    if (engine !== this._value.draft.engine) {
      this._began = { ...this._began, draft: beginning(engine) };
      this.set({ draft: this._began.draft, path: '' });
    }
  }

  private readonly _trans: TranslationBundle;
  private readonly _changed = new Signal<this, void>(this);
  private _began = FROM_SCRATCH;
  private _value = FROM_SCRATCH;
}
