/** The sidebar's widget: empty until it is first shown. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { environmentIcon } from '../ui/icons';
import { openMenu } from '../ui/menu';
import { EnvironmentCommands } from './ids';
import type { IListProps } from './list-view';
import type { EnvironmentsModel } from './model';
import type { EnvironmentsRow } from './rows';

export interface IPanelOptions {
  /** Made on first sight: a hidden sidebar asks nothing. */
  model: () => EnvironmentsModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

export class EnvironmentsPanel extends ReactWidget {
  constructor(private readonly _options: IPanelOptions) {
    super();
    const { trans } = _options;
    this.id = 'jupyter-repro-environments';
    this.addClass('jpr-History');
    this.addClass('jpr-Environments');
    this.title.icon = environmentIcon;
    this.title.caption = trans.__('Environments');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Environments'));
  }

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
    if (this._view === null) {
      return null;
    }
    const { model, trans, commands } = this._options;
    return React.createElement(this._view, {
      model: model(),
      trans,
      commands,
      menu: (row, x, y) => this._openRow(row, x, y)
    });
  }

  private async _load(): Promise<void> {
    const read = this._options.model().refresh();
    if (this._view === null) {
      const { EnvironmentsList } = await import('./list-view');
      this._view = EnvironmentsList;
      this.update();
    }
    await read;
  }

  private _openRow(row: EnvironmentsRow, x: number, y: number): void {
    const { commands } = this._options;
    if (row.kind === 'environment') {
      openMenu(commands, x, y, menuOf(row.environment.id));
    } else if (row.kind === 'found') {
      openMenu(commands, x, y, [
        { command: EnvironmentCommands.create, args: { path: row.found.path } }
      ]);
    }
  }

  private _view: ((props: IListProps) => React.JSX.Element) | null = null;
}

/** Everything that can be done with one environment. */
export function menuOf(environment: string): Parameters<typeof openMenu>[3] {
  const args = { environment };
  return [
    { command: EnvironmentCommands.open, args },
    { command: EnvironmentCommands.use, args },
    null,
    { command: EnvironmentCommands.build, args },
    { command: EnvironmentCommands.duplicate, args },
    { command: EnvironmentCommands.share, args },
    { command: EnvironmentCommands.describe, args },
    null,
    { command: EnvironmentCommands.setDefault, args },
    { command: EnvironmentCommands.archive, args }
  ];
}
