/** The sidebar's widget: empty until it is first shown, and then the owner of its menus. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Menu } from '@lumino/widgets';
import * as React from 'react';

import type { Branch } from '../api/client';
import { TimeFormat } from '../format/time';
import { CommandIDs, type IWorkspaceModel } from '../tokens';
import { historyIcon } from '../ui/icons';
import type { TimelineModel } from './model';
import type { Row } from './rows';
import type { IHistoryProps } from './view';

/** Branches in the switcher; the rest is found by name. */
const MOST_BRANCHES = 15;

export interface IPanelOptions {
  workspace: IWorkspaceModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
  locale: string | undefined;
  /** Made on first sight: a hidden sidebar reads no history. */
  timeline: () => TimelineModel;
}

export class HistoryPanel extends ReactWidget {
  constructor(private readonly _options: IPanelOptions) {
    super();
    const { trans } = _options;
    this.id = 'jupyter-repro-history';
    this.addClass('jpr-History');
    this.title.icon = historyIcon;
    this.title.caption = trans.__('History');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('History of the workspace'));
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

  protected render(): JSX.Element | null {
    if (this._view === null) {
      return null;
    }
    return React.createElement(this._view, this._props ??= this._makeProps());
  }

  private async _load(): Promise<void> {
    if (this._view === null) {
      const { History } = await import('./view');
      this._view = History;
      this.update();
    }
  }

  private _makeProps(): IHistoryProps {
    const { workspace, commands, trans, locale, timeline } = this._options;
    return {
      workspace,
      commands,
      trans,
      timeline: timeline(),
      time: new TimeFormat(locale),
      menus: {
        branches: (x, y) => void this._openBranches(x, y),
        actions: (x, y) => this._openActions(x, y),
        row: (row, x, y) => this._openRow(row, x, y)
      }
    };
  }

  private async _openBranches(x: number, y: number): Promise<void> {
    const { workspace, commands, trans } = this._options;
    let branches: Branch[] = [];
    try {
      branches = await workspace.branches();
    } catch {
      // The menu still offers the rest; choosing from it tells what is wrong.
    }
    const menu = new Menu({ commands });
    const command = CommandIDs.switchBranch;
    for (const branch of branches.slice(0, MOST_BRANCHES)) {
      const held = branch.held_by !== null && !branch.current;
      menu.addItem({ command, args: { branch: branch.name, held } });
    }
    if (branches.length > MOST_BRANCHES) {
      menu.addItem({ command });
    }
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.newBranch });
    menu.addItem({ command: CommandIDs.renameBranch });
    menu.addItem({ command: CommandIDs.deleteBranch });
    menu.title.label = trans.__('Branches');
    open(menu, x, y);
  }

  private _openActions(x: number, y: number): void {
    const menu = new Menu({ commands: this._options.commands });
    menu.addItem({ command: CommandIDs.review });
    menu.addItem({ command: CommandIDs.addTag, args: { commit: '@' } });
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.thisBranch });
    menu.addItem({ command: CommandIDs.showHidden });
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.automatic });
    open(menu, x, y);
  }

  private _openRow(row: Row, x: number, y: number): void {
    if (row.kind === 'session') {
      return;
    }
    const menu = new Menu({ commands: this._options.commands });
    const commit = row.commit.id;
    const separator = (): void => void menu.addItem({ type: 'separator' });
    if (row.kind === 'file') {
      const { path, change } = row.change;
      const at = change === 'deleted' ? row.commit.parents[0] : commit;
      menu.addItem({ command: CommandIDs.preview, args: { commit: at, path } });
      menu.addItem({ command: CommandIDs.compareFile, args: { commit, path } });
      if (row.commit.parents.length > 0) {
        menu.addItem({
          command: CommandIDs.compareFile,
          args: { commit: row.commit.parents[0], with: commit, path }
        });
      }
      separator();
      menu.addItem({ command: CommandIDs.restore, args: { commit: at, paths: [path] } });
      menu.addItem({ command: CommandIDs.copyFile, args: { commit: at, path } });
      menu.addItem({ command: CommandIDs.download, args: { commit: at, path } });
      separator();
      menu.addItem({ command: CommandIDs.fileHistory, args: { path } });
    } else {
      menu.addItem({ command: CommandIDs.browse, args: { commit } });
      menu.addItem({ command: CommandIDs.compare, args: { commit } });
      menu.addItem({ command: CommandIDs.markForCompare, args: { commit } });
      separator();
      menu.addItem({ command: CommandIDs.restore, args: { commit } });
      menu.addItem({ command: CommandIDs.recreate, args: { commit } });
      menu.addItem({ command: CommandIDs.newBranch, args: { commit } });
      separator();
      menu.addItem({ command: CommandIDs.addTag, args: { commit } });
      for (const tag of row.commit.tags) {
        menu.addItem({ command: CommandIDs.removeTag, args: { tag } });
      }
      menu.addItem({ command: CommandIDs.copyId, args: { commit } });
    }
    open(menu, x, y);
  }

  private _view: ((props: IHistoryProps) => JSX.Element) | null = null;
  private _props: IHistoryProps | undefined;
}

function open(menu: Menu, x: number, y: number): void {
  // A chosen command runs after the menu has closed: it must not be gone by then.
  menu.aboutToClose.connect(() => void Promise.resolve().then(() => setTimeout(() => menu.dispose())));
  menu.open(x, y);
}
