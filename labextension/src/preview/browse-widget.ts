/** The tab that browses a commit: owns its model, its title and its menu. */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { nameOf, shortId } from '../format/names';
import type { TimeFormat } from '../format/time';
import { CommandIDs } from '../tokens';
import { browseIcon } from '../ui/icons';
import { openMenu } from '../ui/menu';
import type { BrowseModel, IEntryRow } from './browse-model';
import { Browse } from './browse-view';

export interface ILook {
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
}

export class BrowseWidget extends ReactWidget {
  constructor(
    readonly model: BrowseModel,
    private readonly _docManager: IDocumentManager,
    private readonly _look: ILook
  ) {
    super();
    const { trans } = _look;
    this.addClass('jpr-Browse');
    this.title.icon = browseIcon;
    this.title.label = trans.__('Files @ %1', shortId(model.id));
    this.title.closable = true;
    model.changed.connect(() => {
      if (model.commit !== null) {
        this.title.label = trans.__('Files @ %1', nameOf(model.commit));
      }
    });
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return React.createElement(Browse, {
      ...this._look,
      model: this.model,
      iconOf: name => this._docManager.registry.getFileTypesForPath(name)[0]?.icon,
      openMenu: (row, x, y) => this._openMenu(row, x, y)
    });
  }

  private _openMenu({ entry }: IEntryRow, x: number, y: number): void {
    const { project, id, isHere } = this.model;
    const args = { project, commit: id, path: entry.path };
    const isFile = entry.type !== 'directory';
    openMenu(this._look.commands, x, y, [
      ...(isFile ? [{ command: CommandIDs.preview, args }] : []),
      ...(isFile && isHere ? [{ command: CommandIDs.compareFile, args }] : []),
      ...(isHere
        ? [
            null,
            {
              command: CommandIDs.restore,
              args: { commit: id, paths: [entry.path], folder: !isFile }
            },
            { command: CommandIDs.copyFile, args }
          ]
        : []),
      ...(isFile ? [{ command: CommandIDs.download, args }] : []),
      ...(isHere ? [null, { command: CommandIDs.fileHistory, args: { path: entry.path } }] : [])
    ]);
  }
}
