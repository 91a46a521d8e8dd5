/** One row of the timeline. */
import { caretDownIcon, caretRightIcon, ellipsesIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { SoftwareBadge } from '../api/client';
import { duration, type TimeFormat } from '../format/time';
import { personOf, printable, shortId } from '../format/names';
import { useIsCut } from '../ui/hooks';
import { browseIcon, compareIcon } from '../ui/icons';
import { ChangeLetter, changeWord, Counts, IconButton } from '../ui/widgets';
import { Badges } from './badges-view';
import { Dot, graphWidth, Passing } from './graph-view';
import type { ICommitRow, IFileRow, IFolderRow, INoteRow, ISessionRow, Row } from './rows';
import { isQuiet, titleOf } from './words';

/** What a row can do; all of it is commands in the end. */
export interface IRowActions {
  toggle(row: Row): void;
  browse(row: ICommitRow | INoteRow): void;
  compare(row: ICommitRow): void;
  recreate(row: ICommitRow): void;
  preview(row: IFileRow): void;
  /** What changed in the software with a commit. */
  software(row: ICommitRow): void;
  moreChanges(row: INoteRow): void;
  menu(row: Row, x: number, y: number): void;
}

export interface IRowContext {
  readonly trans: TranslationBundle;
  readonly time: TimeFormat;
  readonly actions: IRowActions;
  readonly lanes: number;
  readonly manyBranches: boolean;
  readonly marked: string | null;
  readonly badges: ReadonlyMap<string, SoftwareBadge>;
}

/** Words for a screen reader: the whole row in one sentence. */
export function labelOf(row: Row, { trans, time, marked, badges }: IRowContext): string {
  switch (row.kind) {
    case 'session':
      return trans.__('Session of %1, %2', row.session.user, time.exact(row.session.start));
    case 'commit': {
      const { commit } = row;
      const parts = [
        titleOf(commit, trans),
        commit.author,
        time.exact(commit.time),
        trans.__('%1 added, %2 changed, %3 deleted', commit.added, commit.modified, commit.deleted),
        ...commit.tags.map(tag => trans.__('tag %1', tag)),
        ...softwareWords(row, badges, trans),
        ...(marked === commit.id ? [trans.__('chosen for comparison')] : [])
      ];
      return parts.join(', ');
    }
    case 'folder':
      return trans._n('Folder %2, %1 file', 'Folder %2, %1 files', row.count, printable(row.path));
    case 'file':
      return `${printable(row.change.path)}, ${changeWord(row.change.change, trans)}`;
    default:
      return noteText(row, trans);
  }
}

function softwareWords(
  { commit }: ICommitRow,
  badges: IRowContext['badges'],
  trans: TranslationBundle
): string[] {
  const summary = badges.get(commit.id)?.summary;
  return summary === undefined ? [] : [trans.__('software changed: %1', summary)];
}

/** Level in the tree, from 1. */
export function levelOf(row: Row): number {
  switch (row.kind) {
    case 'session':
      return 1;
    case 'commit':
      return 2;
    case 'note':
      return 3;
    default:
      return 3 + row.depth;
  }
}

/** The inside of a row, whatever its kind. */
export const RowBody = React.memo(
  (props: { row: Row; context: IRowContext }): React.JSX.Element => {
    const { row, context } = props;
    switch (row.kind) {
      case 'session':
        return <SessionBody row={row} context={context} />;
      case 'commit':
        return <CommitBody row={row} context={context} />;
      case 'folder':
        return <FolderBody row={row} context={context} />;
      case 'file':
        return <FileBody row={row} context={context} />;
      default:
        return <NoteBody row={row} context={context} />;
    }
  }
);

function SessionBody({
  row,
  context
}: {
  row: ISessionRow;
  context: IRowContext;
}): React.JSX.Element {
  const { trans, time } = context;
  const { session } = row;
  const end = session.current ? null : session.end;
  const who = session.mine ? trans.__('you') : printable(session.user);
  const until = end === null ? trans.__('now') : time.clock(end);
  const lasted = end === null ? '' : duration(session.start, end);
  const caption = [
    `${time.exact(session.start)} – ${end === null ? trans.__('now') : time.exact(end)}`,
    ...(lasted === '' ? [] : [lasted]),
    `${session.user}@${session.host}`
  ].join('\n');
  return (
    <>
      <Passing lanes={row.lanes} width={graphWidth(context.lanes)} height={row.height} />
      <div className="jpr-Session" title={caption}>
        <span className="jpr-Session-text">
          <b>{time.day(session.start)}</b> {time.clock(session.start)} – {until} · {who}
          {lasted !== '' && <span className="jpr-mod-dim"> · {lasted}</span>}
        </span>
        <span
          className="jpr-Session-count"
          title={trans._n('%1 checkpoint', '%1 checkpoints', session.commits)}
        >
          {session.commits}
        </span>
      </div>
    </>
  );
}

function CommitBody({
  row,
  context
}: {
  row: ICommitRow;
  context: IRowContext;
}): React.JSX.Element {
  const { trans, time, actions } = context;
  const { commit } = row;
  const quiet = isQuiet(commit);
  const [line, title, badges] = [
    React.useRef<HTMLDivElement>(null),
    React.useRef<HTMLSpanElement>(null),
    React.useRef<HTMLSpanElement>(null)
  ];
  // The title comes first: what does not fit beside it stands below.
  const isCut = useIsCut(line, title, badges);
  const shown = <Badges row={row} context={context} box={badges} />;
  return (
    <>
      <Dot row={row.graph} width={graphWidth(context.lanes)} height={row.height} hollow={quiet} />
      <div className={`jpr-Commit${quiet ? ' jpr-mod-quiet' : ''}`}>
        <div className="jpr-Commit-title" ref={line}>
          <span className="jpr-Commit-message" ref={title} title={captionOf(row, context)}>
            {titleOf(commit, trans)}
          </span>
          {!isCut && shown}
        </div>
        <div className="jpr-Commit-meta">
          <time dateTime={commit.time} title={`${time.exact(commit.time)}\n${shortId(commit.id)}`}>
            {time.ago(commit.time, row.began)}
          </time>
          {!commit.mine && (
            <span className="jpr-Commit-author" title={printable(commit.author)}>
              {printable(personOf(commit.author))}
            </span>
          )}
          <Counts
            added={commit.added}
            modified={commit.modified}
            deleted={commit.deleted}
            trans={trans}
          />
          {isCut && shown}
        </div>
        <div className="jpr-Commit-actions">
          <IconButton
            quiet
            icon={browseIcon}
            label={trans.__('Browse all files')}
            onClick={() => actions.browse(row)}
          />
          <IconButton
            quiet
            icon={compareIcon}
            label={trans.__('Compare with current')}
            onClick={() => actions.compare(row)}
          />
          <button
            type="button"
            tabIndex={-1}
            className="jpr-SmallButton"
            title={trans.__('Recreate workspace from here')}
            onClick={event => {
              event.stopPropagation();
              actions.recreate(row);
            }}
          >
            {trans.__('Recreate')}
          </button>
          <IconButton
            quiet
            icon={ellipsesIcon}
            label={trans.__('More')}
            onClick={event => {
              const box = event.currentTarget.getBoundingClientRect();
              actions.menu(row, box.left, box.bottom);
            }}
          />
        </div>
      </div>
    </>
  );
}

/** All that the first line says, or would with more room. */
function captionOf({ commit }: ICommitRow, { trans, manyBranches }: IRowContext): string {
  const lines = [
    printable(commit.message.trim()) || titleOf(commit, trans),
    ...commit.tags.map(tag => trans.__('Tag %1', printable(tag))),
    ...(manyBranches
      ? commit.branches.map(branch => trans.__('Newest of branch %1', printable(branch)))
      : [])
  ];
  return lines.join('\n');
}

function indent(row: IFolderRow | IFileRow, lanes: number): React.CSSProperties {
  return { paddingLeft: graphWidth(lanes) + row.depth * 14 };
}

function FolderBody({
  row,
  context
}: {
  row: IFolderRow;
  context: IRowContext;
}): React.JSX.Element {
  const Caret = row.expanded ? caretDownIcon : caretRightIcon;
  return (
    <>
      <Passing lanes={row.lanes} width={graphWidth(context.lanes)} height={row.height} />
      <div className="jpr-File" style={indent(row, context.lanes)} title={printable(row.path)}>
        <Caret.react tag="span" className="jpr-Caret" />
        <span className="jpr-File-name">
          <span>{printable(row.label)}/</span>
        </span>
        <span className="jpr-mod-dim">{row.count}</span>
      </div>
    </>
  );
}

function FileBody({ row, context }: { row: IFileRow; context: IRowContext }): React.JSX.Element {
  const { change } = row;
  const caption =
    change.old_path === null
      ? printable(change.path)
      : `${printable(change.old_path)} → ${printable(change.path)}`;
  return (
    <>
      <Passing lanes={row.lanes} width={graphWidth(context.lanes)} height={row.height} />
      <div className="jpr-File" style={indent(row, context.lanes)} title={caption}>
        <ChangeLetter change={change.change} trans={context.trans} />
        <span className="jpr-File-name">
          {row.prefix !== '' && <span className="jpr-mod-dim">{printable(row.prefix)}</span>}
          <span>{printable(row.label)}</span>
        </span>
      </div>
    </>
  );
}

function noteText(row: INoteRow, trans: TranslationBundle): string {
  switch (row.note) {
    case 'loading':
      return trans.__('Reading…');
    case 'failed':
      return row.text;
    case 'more':
      return row.count === null
        ? trans.__('More changed files')
        : trans._n('%1 more changed file', '%1 more changed files', row.count);
    case 'skipped':
      return trans._n('%1 path not as it was', '%1 paths not as they were', row.count ?? 0);
    default:
      return row.count === null || row.count === 0
        ? trans.__('All files')
        : trans._n('%1 more file unchanged', '%1 more files unchanged', row.count);
  }
}

function NoteBody({ row, context }: { row: INoteRow; context: IRowContext }): React.JSX.Element {
  const { trans, actions } = context;
  const link = (label: string, act: () => void): React.JSX.Element => (
    <button type="button" tabIndex={-1} className="jpr-Link" onClick={act}>
      {label}
    </button>
  );
  return (
    <>
      <Passing lanes={row.lanes} width={graphWidth(context.lanes)} height={row.height} />
      <div
        className={`jpr-File jpr-Note${row.note === 'failed' || row.note === 'skipped' ? ' jpr-mod-warn' : ''}`}
        style={{ paddingLeft: graphWidth(context.lanes) }}
        title={row.text}
      >
        <span className="jpr-Note-text">{noteText(row, trans)}</span>
        {row.note === 'failed' && (
          // The row itself is what is clicked.
          <span className="jpr-Link">{trans.__('Try again')}</span>
        )}
        {row.note === 'rest' && link(trans.__('Browse all'), () => actions.browse(row))}
        {row.note === 'more' && link(trans.__('Show'), () => actions.moreChanges(row))}
      </div>
    </>
  );
}
