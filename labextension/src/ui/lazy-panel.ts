/** A sidebar that is empty until it is first shown: what draws it is loaded then. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { messageOf } from '../api/client';
import { Failed } from './failed';

export abstract class LazyPanel extends ReactWidget {
  constructor(protected readonly trans: TranslationBundle) {
    super();
  }

  /** Loads what draws it. */
  protected abstract load(): Promise<React.JSX.Element>;

  protected override onBeforeShow(): void {
    void this._load();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      void this._load();
    }
  }

  protected render(): React.JSX.Element | null {
    if (this._view !== null || this._problem === null) {
      return this._view;
    }
    return React.createElement(Failed, {
      message: this._problem,
      trans: this.trans,
      again: () => void this._load()
    });
  }

  private async _load(): Promise<void> {
    if (this._view !== null) {
      return;
    }
    try {
      const view = await this.load();
      // Shown again while it was on its way, it was loaded twice: the first stays.
      this._view ??= view;
      this._problem = null;
    } catch (error) {
      this._problem = messageOf(error);
    }
    this.update();
  }

  private _view: React.JSX.Element | null = null;
  private _problem: string | null = null;
}
