/** The sidebar's widget: empty until it is first shown, and then the owner of its menus. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Branch, Commit } from '../api/client';
import type { TimeFormat } from '../format/time';
import { CommandIDs, type IWorkspaceModel } from '../tokens';
import { historyIcon } from '../ui/icons';
import { LazyPanel } from '../ui/lazy-panel';
import { openMenu, openMenuLater, type IMenuItem } from '../ui/menu';
import type { TimelineModel } from './model';
import type { Row } from './rows';
import type { IHistoryProps } from './view';

/** Branches in the switcher; the rest is found by name. */
const MOST_BRANCHES = 15;

export interface IPanelOptions {
  workspace: IWorkspaceModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
  time: TimeFormat;
  /** Made on first sight: a hidden sidebar reads no history. */
  timeline: () => TimelineModel;
}

export class HistoryPanel extends LazyPanel {
  constructor(private readonly _options: IPanelOptions) {
    const { trans } = _options;
    super(trans);
    this.id = 'jupyter-repro-history';
    this.addClass('jpr-History');
    this.title.icon = historyIcon;
    this.title.caption = trans.__('History');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('History of the workspace'));
  }

  protected async load(): Promise<React.JSX.Element> {
    const { History } = await import('./view');
    return React.createElement(History, this._makeProps());
  }

  private _makeProps(): IHistoryProps {
    const { workspace, commands, trans, time, timeline } = this._options;
    return {
      workspace,
      commands,
      trans,
      timeline: timeline(),
      time,
      menus: {
        branches: (x, y) => void openMenuLater(commands, x, y, this._branchItems()),
        actions: (x, y) => this._openActions(x, y),
        row: (row, x, y) => this._openRow(row, x, y)
      }
    };
  }

  private async _branchItems(): Promise<(IMenuItem | null)[]> {
    let branches: Branch[] = [];
    try {
      branches = await this._options.workspace.branches();
    } catch {
      // The menu still offers the rest; choosing from it tells what is wrong.
    }
    const command = CommandIDs.switchBranch;
    return [
      ...branches.slice(0, MOST_BRANCHES).map(({ name, held_by, current }) => ({
        command,
        args: { branch: name, held: held_by !== null && !current }
      })),
      ...(branches.length > MOST_BRANCHES ? [{ command }] : []),
      null,
      { command: CommandIDs.newBranch },
      { command: CommandIDs.renameBranch },
      { command: CommandIDs.deleteBranch }
    ];
  }

  private _openActions(x: number, y: number): void {
    openMenu(this._options.commands, x, y, [
      { command: CommandIDs.review },
      { command: CommandIDs.addTag, args: { commit: '@' } },
      null,
      { command: CommandIDs.thisBranch },
      { command: CommandIDs.showHidden },
      null,
      { command: CommandIDs.automatic },
      null,
      { command: CommandIDs.track },
      { command: CommandIDs.storage }
    ]);
  }

  private _openRow(row: Row, x: number, y: number): void {
    if (row.kind === 'session') {
      return;
    }
    const commit = row.commit.id;
    if (row.kind === 'folder') {
      const { path } = row;
      openMenu(this._options.commands, x, y, [
        { command: CommandIDs.restore, args: { commit, paths: [path], folder: true } },
        { command: CommandIDs.copyFile, args: { commit, path } },
        null,
        { command: CommandIDs.fileHistory, args: { path, folder: true } }
      ]);
      return;
    }
    if (row.kind === 'file') {
      const { path, change } = row.change;
      const before = row.commit.parents.at(0);
      const at = change === 'deleted' && before !== undefined ? before : commit;
      const args = { commit: at, path };
      openMenu(this._options.commands, x, y, [
        { command: CommandIDs.preview, args },
        { command: CommandIDs.compareFile, args: { commit, path } },
        ...(before === undefined
          ? []
          : [{ command: CommandIDs.compareFile, args: { commit: before, with: commit, path } }]),
        null,
        { command: CommandIDs.restore, args: { commit: at, paths: [path] } },
        { command: CommandIDs.copyFile, args },
        { command: CommandIDs.download, args },
        null,
        { command: CommandIDs.fileHistory, args: { path } },
        null,
        { command: CommandIDs.purge, args: { path } }
      ]);
      return;
    }
    openMenu(this._options.commands, x, y, [
      { command: CommandIDs.browse, args: { commit } },
      { command: CommandIDs.compare, args: { commit } },
      { command: CommandIDs.markForCompare, args: { commit } },
      null,
      { command: CommandIDs.restore, args: { commit } },
      { command: CommandIDs.recreate, args: { commit } },
      { command: CommandIDs.newBranch, args: { commit } },
      null,
      ...softwareItems(row.commit),
      null,
      { command: CommandIDs.addTag, args: { commit } },
      ...row.commit.tags.map(tag => ({ command: CommandIDs.removeTag, args: { tag } })),
      { command: CommandIDs.copyId, args: { commit } }
    ]);
  }
}

/** What can be seen and brought back of the software of a commit. */
function softwareItems({ id, parents, environment }: Commit): IMenuItem[] {
  const before = parents.at(0);
  const label = environment?.label ?? '';
  return [
    { command: CommandIDs.restoreEnvironment, args: { commit: id, label } },
    { command: CommandIDs.software, args: { commit: id } },
    ...(before === undefined
      ? []
      : [{ command: CommandIDs.compareSoftware, args: { a: before, b: id, before: true } }]),
    { command: CommandIDs.compareSoftware, args: { a: id } }
  ];
}
