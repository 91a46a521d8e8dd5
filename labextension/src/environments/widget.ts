/** The tab of an environment. */
import type { ILabStatus } from '@jupyterlab/application';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { TimeFormat } from '../format/time';
import { environmentIcon } from '../ui/icons';
import { openMenu } from '../ui/menu';
import type { Actions } from './actions';
import type { EnvironmentModel } from './environment-model';
import { menuOf } from './panel';
import { mayGo, Unsaved } from './unsaved';
import { EnvironmentView } from './view';

export interface IEnvironmentLook {
  actions: Actions;
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
  editors: IEditorServices;
  status: ILabStatus | null;
}

export class EnvironmentWidget extends ReactWidget {
  constructor(
    readonly model: EnvironmentModel,
    private readonly _look: IEnvironmentLook
  ) {
    super();
    this._unsaved = new Unsaved(_look.status);
    this.addClass('jpr-Env');
    this.title.icon = environmentIcon;
    this.title.closable = true;
    this.title.label = model.environments.find(model.id)?.name ?? _look.trans.__('Environment');
    model.changed.connect(this._name, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._unsaved.dispose();
      this.model.dispose();
      super.dispose();
    }
  }

  protected override onCloseRequest(message: Message): void {
    if (!this.model.isDirty) {
      super.onCloseRequest(message);
      this.dispose();
      return;
    }
    const { trans } = this._look;
    void mayGo(
      trans.__('What you wrote in %1 was not saved as a revision.', this.title.label),
      trans
    ).then(may => {
      if (may) {
        this.dispose();
      }
    });
  }

  protected render(): React.JSX.Element {
    const { model } = this;
    return React.createElement(EnvironmentView, {
      ...this._look,
      model,
      menu: (x, y) => openMenu(this._look.commands, x, y, menuOf(model.id).slice(1))
    });
  }

  private _name(): void {
    const { environment, isDirty } = this.model;
    if (environment !== null) {
      this.title.label = environment.name;
    }
    this.title.className = isDirty ? 'jp-mod-dirty' : '';
    this._unsaved.dirty = isDirty;
  }

  private readonly _unsaved: Unsaved;
}
