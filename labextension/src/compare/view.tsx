/** The frame of a comparison: summary on top, changed files at the left, buttons over the difference. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Commit, DiffEntry } from '../api/client';
import { formatBytes } from '../format/size';
import { nameOf, printable } from '../format/names';
import type { TimeFormat } from '../format/time';
import { titleOf } from '../history/words';
import { CommandIDs } from '../tokens';
import { useSignal } from '../ui/hooks';
import { Tree } from '../ui/tree';
import { ChangeLetter, changeWord, Segments } from '../ui/widgets';
import type { CompareModel, IEntryRow, IOptions } from './model';

export interface ICompareProps {
  model: CompareModel;
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
}

/** `v1 Baseline, yesterday 14:31 → now main, 3 unsaved changes      +4 ~9 −1` */
export function Summary({ model, trans, time }: ICompareProps): React.JSX.Element {
  useSignal(model.changed);
  const { a, b, counts, problem, comparison } = model;
  const commit = (one: Commit): React.JSX.Element => (
    <span className="jpr-Summary-side" title={`${time.exact(one.time)}\n${one.id}`}>
      <b>{printable(nameOf(one))}</b> {titleOf(one, trans)}, {time.moment(one.time)}
    </span>
  );
  if (problem !== null) {
    return (
      <div className="jpr-Summary">
        <span className="jpr-mod-deleted" role="alert">
          {problem}
        </span>
        <button type="button" className="jpr-Link" onClick={() => void model.load()}>
          {trans.__('Try again')}
        </button>
      </div>
    );
  }
  if (a === null || counts === null) {
    return <div className="jpr-Summary">{trans.__('Comparing…')}</div>;
  }
  const { added, modified, deleted, renamed } = counts;
  const total = added + modified + deleted + renamed;
  return (
    <div className="jpr-Summary">
      {commit(a)}
      <span aria-label={trans.__('against')} role="img">
        →
      </span>
      {b !== null
        ? commit(b)
        : comparison.b === null && (
            <span className="jpr-Summary-side">
              <b>{trans.__('now')}</b> {model.workspace.state?.branch}
            </span>
          )}
      <span className="jpr-Summary-counts">
        {added > 0 && <span className="jpr-mod-added">+{added}</span>}
        {modified > 0 && <span className="jpr-mod-modified">~{modified}</span>}
        {deleted > 0 && <span className="jpr-mod-deleted">−{deleted}</span>}
        {renamed > 0 && <span className="jpr-mod-renamed">→{renamed}</span>}
        <span>{trans._n('%1 file', '%1 files', total)}</span>
      </span>
    </div>
  );
}

/** Changed files. */
export function Files({ model, trans }: ICompareProps): React.JSX.Element {
  useSignal(model.changed);
  const choose = (path: string): boolean => {
    if (model.canRestore) {
      model.choose(path);
    }
    return model.canRestore;
  };
  return (
    <Tree<IEntryRow>
      label={trans.__('Changed files')}
      className="jpr-Compare-files"
      rows={model.rows}
      places={model.places}
      focus={model.selected === null ? null : `d:${model.selected}`}
      item={({ entry }) => ({
        level: 1,
        label: `${printable(entry.path)}, ${changeWord(entry.change, trans)}`,
        className: entry.path === model.selected ? 'jpr-mod-open' : '',
        chosen: model.chosen.size === 0 ? undefined : model.chosen.has(entry.path),
        data: { path: entry.path }
      })}
      onFocus={row => {
        if (row.entry.path !== model.selected) {
          void model.select(row.entry.path);
        }
      }}
      multiple={model.canRestore}
      onClick={({ entry }, extra) => {
        if (extra) {
          choose(entry.path);
        }
      }}
      onKey={(key, row) => key === ' ' && row !== undefined && choose(row.entry.path)}
      onMenu={() => undefined}
      onNearEnd={() => void model.more()}
    >
      {({ entry }) => <Entry entry={entry} trans={trans} />}
    </Tree>
  );
}

function Entry({
  entry,
  trans
}: {
  entry: DiffEntry;
  trans: TranslationBundle;
}): React.JSX.Element {
  const path = printable(entry.path);
  const slash = path.lastIndexOf('/') + 1;
  const old = entry.old_path === null ? null : printable(entry.old_path);
  return (
    <div className="jpr-File jpr-Compare-entry" title={old === null ? path : `${old} → ${path}`}>
      <ChangeLetter change={entry.change} trans={trans} />
      <span className="jpr-File-name">
        {old !== null && <span className="jpr-mod-dim">{old} → </span>}
        {slash > 0 && <span className="jpr-mod-dim">{path.slice(0, slash)}</span>}
        <span>{path.slice(slash)}</span>
      </span>
      <small>{statText(entry, trans)}</small>
    </div>
  );
}

/** `3 cells`, `+12 −4`, `8 rows`, `41 kB` */
export function statText({ stat, new_size }: DiffEntry, trans: TranslationBundle): string {
  if (stat !== null) {
    const { cells, rows, lines_added, lines_deleted } = stat;
    if (cells !== null) {
      return trans._n('%1 cell', '%1 cells', cells);
    }
    if (rows !== null) {
      return trans._n('%1 row', '%1 rows', rows);
    }
    if (lines_added !== null || lines_deleted !== null) {
      const parts = [
        ...(lines_added !== null && lines_added > 0 ? [`+${lines_added}`] : []),
        ...(lines_deleted !== null && lines_deleted > 0 ? [`−${lines_deleted}`] : [])
      ];
      return parts.join(' ');
    }
  }
  return new_size === null ? '' : formatBytes(new_size);
}

/** What can be switched for the present file, and what can be done with it. */
export function Tools(props: ICompareProps): React.JSX.Element {
  const { model, trans, commands } = props;
  useSignal(model.changed);
  const { detail, options, selected, comparison, entry } = model;
  const set = (change: Partial<IOptions>): void => {
    model.options = { ...options, ...change };
  };
  const toggle = (label: string, name: 'sources' | 'outputs' | 'metadata'): React.JSX.Element => (
    <button
      type="button"
      aria-pressed={options[name]}
      onClick={() => set({ [name]: !options[name] })}
    >
      {label}
    </button>
  );
  const structured = entry?.kind === 'notebook' || entry?.kind === 'csv';
  return (
    <div className="jpr-Tools">
      {(detail.kind === 'text' || detail.kind === 'image') && (
        <Segments
          label={trans.__('Layout')}
          value={options.layout}
          options={[
            { value: 'side', label: trans.__('Side by side') },
            {
              value: 'inline',
              label: detail.kind === 'image' ? trans.__('Swipe') : trans.__('Inline')
            }
          ]}
          onChange={layout => set({ layout })}
        />
      )}
      {detail.kind === 'notebook' && (
        <div className="jpr-Segments" role="group" aria-label={trans.__('Parts of cells')}>
          {toggle(trans.__('Sources'), 'sources')}
          {toggle(trans.__('Outputs'), 'outputs')}
          {toggle(trans.__('Metadata'), 'metadata')}
        </div>
      )}
      {structured && (
        <Segments
          label={trans.__('View')}
          value={options.asText ? 'text' : 'own'}
          options={[
            {
              value: 'own',
              label: entry.kind === 'csv' ? trans.__('Table') : trans.__('Cells')
            },
            { value: 'text', label: trans.__('Text') }
          ]}
          onChange={value => set({ asText: value === 'text' })}
        />
      )}
      <span className="jpr-Tools-rest" />
      {selected !== null && model.canRestore && (
        <button
          type="button"
          className="jpr-Button"
          title={trans.__(
            'Put back as it was; what is there now is kept first. Ctrl+click or Space chooses several files.'
          )}
          onClick={() =>
            void commands.execute(CommandIDs.restore, {
              commit: comparison.a,
              paths: model.toRestore
            })
          }
        >
          {model.chosen.size > 0
            ? trans._n('Restore %1 chosen file', 'Restore %1 chosen files', model.chosen.size)
            : trans.__('Restore this file')}
        </button>
      )}
    </div>
  );
}
