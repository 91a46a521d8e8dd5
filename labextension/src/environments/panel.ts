/** The sidebar's widget: empty until it is first shown. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { environmentIcon } from '../ui/icons';
import { LazyPanel } from '../ui/lazy-panel';
import { openMenu } from '../ui/menu';
import { EnvironmentCommands } from './ids';
import type { EnvironmentsModel } from './model';
import type { EnvironmentsRow } from './rows';

export interface IPanelOptions {
  /** Made on first sight: a hidden sidebar asks nothing. */
  model: () => EnvironmentsModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

export class EnvironmentsPanel extends LazyPanel {
  constructor(private readonly _options: IPanelOptions) {
    const { trans } = _options;
    super(trans);
    this.id = 'jupyter-repro-environments';
    this.addClass('jpr-History');
    this.addClass('jpr-Environments');
    this.title.icon = environmentIcon;
    this.title.caption = trans.__('Environments');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Environments'));
  }

  protected override onBeforeShow(): void {
    super.onBeforeShow();
    void this._options.model().refresh();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      void this._options.model().refresh();
    }
  }

  protected async load(): Promise<React.JSX.Element> {
    const { EnvironmentsList } = await import('./list-view');
    const { model, trans, commands } = this._options;
    return React.createElement(EnvironmentsList, {
      model: model(),
      trans,
      commands,
      menu: (row, x, y) => this._openRow(row, x, y)
    });
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
