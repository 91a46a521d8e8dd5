/** The whole tree of a commit in a tab. */
import {
  caretDownIcon,
  caretRightIcon,
  fileIcon,
  folderIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { formatBytes } from '../format/size';
import { printable } from '../format/names';
import type { TimeFormat } from '../format/time';
import { CommandIDs } from '../tokens';
import { useSignal } from '../ui/hooks';
import { Tree, type ITreeItem } from '../ui/tree';
import { AsOf } from './banner-view';
import type { BrowseModel, BrowseRow, IEntryRow, INoteRow } from './browse-model';

export interface IBrowseProps {
  model: BrowseModel;
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
  /** Icon that Lab has for files of this name. */
  iconOf(name: string): LabIcon | undefined;
  openMenu(row: IEntryRow, x: number, y: number): void;
}

export function Browse(props: IBrowseProps): React.JSX.Element {
  const { model, trans, time, commands } = props;
  useSignal(model.changed);
  const { commit, files, bytes, problem } = model;
  const { chosen } = model;
  const act = (label: string, id: string, paths?: string[]): React.JSX.Element => (
    <button
      type="button"
      className="jpr-Button"
      onClick={() =>
        void commands.execute(id, {
          commit: model.id,
          project: model.project,
          ...(paths === undefined ? {} : { paths })
        })
      }
    >
      {label}
    </button>
  );
  const run = (row: BrowseRow): void => {
    if (row.kind === 'entry' && row.entry.type !== 'directory') {
      preview(props, row);
    } else {
      void model.toggle(row);
    }
  };
  return (
    <>
      <div className="jpr-Banner-in" role="note" aria-label={trans.__('Files of a checkpoint')}>
        <span className="jpr-Banner-text">
          {files === null ? (
            <b>{trans.__('All files')}</b>
          ) : (
            <>
              <b>{trans._n('%1 file', '%1 files', files)}</b>
              {bytes !== null && ` (${formatBytes(bytes)})`}
            </>
          )}{' '}
          {commit !== null && <AsOf commit={commit} trans={trans} time={time} />}
          {problem !== null && (
            <>
              <span className="jpr-mod-deleted" role="alert">
                {problem}
              </span>{' '}
              <button type="button" className="jpr-Link" onClick={() => void model.load()}>
                {trans.__('Try again')}
              </button>
            </>
          )}
        </span>
        {model.isHere && (
          <span className="jpr-Banner-actions">
            {act(trans.__('Compare with current'), CommandIDs.compare)}
            {chosen.size === 0
              ? act(trans.__('Restore everything…'), CommandIDs.restore)
              : act(trans.__('Restore %1 chosen', chosen.size), CommandIDs.restore, [...chosen])}
            {act(trans.__('Recreate…'), CommandIDs.recreate)}
          </span>
        )}
      </div>
      <div className="jpr-Browse-search">
        <input
          type="search"
          className="jpr-Input"
          placeholder={trans.__('Find a file')}
          aria-label={trans.__('Find a file by its path')}
          value={model.search}
          onChange={event => {
            model.search = event.target.value;
          }}
        />
      </div>
      <Tree<BrowseRow>
        label={trans.__('Files of the checkpoint')}
        className="jpr-Browse-tree"
        rows={model.rows}
        places={model.places}
        focus={model.focus}
        multiple={model.isHere}
        item={row => itemOf(row, model, trans)}
        onFocus={row => {
          model.focus = row.key;
        }}
        onClick={(row, extra) => {
          if (extra && row.kind === 'entry' && model.isHere) {
            model.choose(row.entry.path);
          } else {
            run(row);
          }
        }}
        onKey={(key, row) => onKey(props, key, row, run)}
        onMenu={(row, x, y) => {
          if (row.kind === 'entry') {
            props.openMenu(row, x, y);
          }
        }}
      >
        {row =>
          row.kind === 'entry' ? (
            <Entry row={row} iconOf={props.iconOf} />
          ) : (
            <Note row={row} trans={trans} />
          )
        }
      </Tree>
    </>
  );
}

function preview({ commands, model }: IBrowseProps, row: IEntryRow): void {
  void commands.execute(CommandIDs.preview, {
    project: model.project,
    commit: model.id,
    path: row.entry.path
  });
}

function onKey(
  props: IBrowseProps,
  key: string,
  row: BrowseRow | undefined,
  run: (row: BrowseRow) => void
): boolean {
  if (row === undefined) {
    return false;
  }
  switch (key) {
    case 'Enter':
    case 'p':
      run(row);
      return true;
    case ' ':
      if (row.kind === 'entry' && props.model.isHere) {
        props.model.choose(row.entry.path);
      }
      return true;
    case 'Escape':
      props.model.choose(null);
      return true;
    case 'ArrowRight':
    case 'ArrowLeft':
      void props.model.toggle(row, key === 'ArrowRight');
      return true;
    case 'c':
      if (row.kind === 'entry' && row.entry.type === 'file' && props.model.isHere) {
        void props.commands.execute(CommandIDs.compareFile, {
          commit: props.model.id,
          path: row.entry.path
        });
      }
      return true;
    default:
      return false;
  }
}

function itemOf(row: BrowseRow, { chosen }: BrowseModel, trans: TranslationBundle): ITreeItem {
  if (row.kind === 'note') {
    return { level: row.depth + 1, label: noteText(row, trans), className: 'jpr-mod-note' };
  }
  const { entry } = row;
  const size = entry.size === null ? '' : `, ${formatBytes(entry.size)}`;
  return {
    level: row.depth + 1,
    label: `${printable(row.name)}${size}`,
    className: `jpr-mod-${entry.type}`,
    expanded: entry.type === 'directory' ? row.expanded : undefined,
    chosen: chosen.size === 0 ? undefined : chosen.has(entry.path),
    data: { path: entry.path }
  };
}

function noteText(row: INoteRow, trans: TranslationBundle): string {
  switch (row.note) {
    case 'loading':
      return trans.__('Reading…');
    case 'more':
      return trans.__('Show more');
    case 'empty':
      return row.path === '' ? trans.__('No file fits.') : trans.__('empty');
    default:
      return row.text;
  }
}

function Note(props: { row: INoteRow; trans: TranslationBundle }): React.JSX.Element {
  return (
    <div className="jpr-File jpr-Note" style={{ paddingLeft: 30 + props.row.depth * 16 }}>
      {noteText(props.row, props.trans)}
      {props.row.note === 'failed' && (
        // The row itself is what is clicked.
        <span className="jpr-Link"> {props.trans.__('Try again')}</span>
      )}
    </div>
  );
}

function Entry(props: { row: IEntryRow; iconOf: IBrowseProps['iconOf'] }): React.JSX.Element {
  const { row } = props;
  const { entry } = row;
  const isDirectory = entry.type === 'directory';
  const Caret = row.expanded ? caretDownIcon : caretRightIcon;
  const Icon = isDirectory ? folderIcon : (props.iconOf(row.name) ?? fileIcon);
  return (
    <div
      className="jpr-File jpr-Entry"
      style={{ paddingLeft: 8 + row.depth * 16 }}
      title={printable(entry.path)}
    >
      <span className="jpr-Caret">{isDirectory && <Caret.react tag={null} />}</span>
      <Icon.react tag="span" className="jpr-Entry-icon" />
      <span className="jpr-File-name">
        <span>{printable(row.name)}</span>
      </span>
      {entry.type === 'symlink' && <span className="jpr-mod-dim">↪</span>}
      <span className="jpr-Entry-size">{entry.size === null ? '' : formatBytes(entry.size)}</span>
    </div>
  );
}
