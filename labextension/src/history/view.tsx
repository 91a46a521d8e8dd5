/** The sidebar: header, filter, timeline. Shows the models and runs commands; asks the server nothing. */
import { refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { TimeFormat } from '../format/time';
import { CommandIDs, type IWorkspaceModel } from '../tokens';
import { Failed } from '../ui/failed';
import { useMinute, useSignal } from '../ui/hooks';
import { isSelective, NO_FILTER } from './filter';
import { FilterBar } from './filter-view';
import { Header } from './header-view';
import type { TimelineModel } from './model';
import { Offer } from './offer-view';
import type { IRowActions, IRowContext } from './row-view';
import type { Row } from './rows';
import { Timeline } from './timeline-view';

/** Menus are Lab's own, and belong to the widget around this view. */
export interface IHistoryMenus {
  branches(x: number, y: number): void;
  actions(x: number, y: number): void;
  row(row: Row, x: number, y: number): void;
}

export interface IHistoryProps {
  workspace: IWorkspaceModel;
  timeline: TimelineModel;
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
  menus: IHistoryMenus;
}

export function History(props: IHistoryProps): React.JSX.Element {
  const { workspace, timeline, trans, time, commands, menus } = props;
  useSignal(workspace.changed);
  const { here, state, problem } = workspace;
  if (here === null || (state === null && here.protected && problem !== null)) {
    return (
      <div className="jpr-Offer" role="status">
        {problem === null ? (
          <p>{trans.__('Looking…')}</p>
        ) : (
          <>
            <p className="jpr-Notice">{problem}</p>
            <button
              type="button"
              className="jpr-Button"
              onClick={() => void commands.execute(CommandIDs.refresh)}
            >
              <refreshIcon.react tag="span" /> {trans.__('Try again')}
            </button>
          </>
        )}
      </div>
    );
  }
  if (state === null) {
    return <Offer key={here.directory} here={here} trans={trans} commands={commands} />;
  }
  return (
    <>
      <Header
        state={state}
        task={workspace.task}
        trans={trans}
        time={time}
        commands={commands}
        openBranches={menus.branches}
        openMenu={menus.actions}
      />
      {problem !== null && <p className="jpr-Notice">{problem}</p>}
      <FilterBar timeline={timeline} trans={trans} />
      <List {...props} />
    </>
  );
}

function List(props: IHistoryProps): React.JSX.Element {
  const { workspace, timeline, trans, time, commands, menus } = props;
  useSignal(timeline.changed);
  const actions = React.useMemo((): IRowActions => {
    const run = (id: string, args: Record<string, string | null>): void => {
      void commands.execute(id, args);
    };
    return {
      toggle: row => void timeline.toggle(row),
      browse: row => run(CommandIDs.browse, { commit: row.commit.id }),
      compare: row => run(CommandIDs.compare, { commit: row.commit.id }),
      recreate: row => run(CommandIDs.recreate, { commit: row.commit.id }),
      preview: row =>
        run(CommandIDs.preview, {
          // A deleted file is seen as it was just before.
          commit: row.change.change === 'deleted' ? (row.commit.parents[0] ?? null) : row.commit.id,
          path: row.change.path
        }),
      software: ({ commit }) =>
        run(CommandIDs.compareSoftware, { a: commit.parents[0] ?? commit.id, b: commit.id }),
      moreChanges: row => void timeline.moreChanges(row.commit.id),
      menu: menus.row
    };
  }, [timeline, commands, menus]);
  const minute = useMinute();
  const branches = timeline.lanes > 1 || (workspace.state?.project.branches ?? 0) > 1;
  const context = React.useMemo(
    (): IRowContext => ({
      trans,
      time,
      actions,
      lanes: timeline.lanes,
      manyBranches: branches,
      marked: timeline.marked?.id ?? null,
      badges: timeline.badges
    }),
    // Rows say how long ago they were: each minute they are drawn again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [trans, time, actions, timeline.lanes, branches, timeline.marked, timeline.badges, minute]
  );

  const onClick = (row: Row, extra: boolean): void => {
    if (row.kind === 'commit' && extra) {
      void commands.execute(CommandIDs.markForCompare, { commit: row.commit.id });
    } else if (row.kind === 'file') {
      actions.preview(row);
    } else {
      actions.toggle(row);
    }
  };
  const onKey = (key: string, row: Row | undefined): boolean => {
    if (row === undefined || row.kind === 'session') {
      return false;
    }
    switch (key) {
      case 'Enter':
        if (row.kind === 'note' && row.note !== 'failed') {
          (row.note === 'more' ? actions.moreChanges : actions.browse)(row);
        } else {
          onClick(row, false);
        }
        return true;
      case ' ':
        if (row.kind === 'commit') {
          onClick(row, true);
        }
        return row.kind === 'commit';
      case 'ArrowRight':
        void timeline.toggle(row, true);
        return true;
      case 'ArrowLeft':
        void timeline.toggle(row, false);
        return true;
      case 'p':
        if (row.kind === 'file') {
          actions.preview(row);
        } else {
          void commands.execute(CommandIDs.browse, { commit: row.commit.id });
        }
        return true;
      case 'c':
        if (row.kind === 'file') {
          void commands.execute(CommandIDs.compareFile, {
            commit: row.commit.id,
            path: row.change.path
          });
        } else {
          void commands.execute(CommandIDs.compare, { commit: row.commit.id });
        }
        return true;
      default:
        return false;
    }
  };

  const again = (): void => void timeline.reload();
  if (timeline.problem !== null && timeline.commits.length === 0) {
    return <Failed message={timeline.problem} trans={trans} again={again} />;
  }
  if (timeline.commits.length === 0) {
    return (
      <div className="jpr-Empty" role="status">
        {timeline.isLoading ? (
          <p>{trans.__('Reading the history…')}</p>
        ) : (
          <EmptyList timeline={timeline} trans={trans} />
        )}
      </div>
    );
  }
  return (
    <>
      {timeline.problem !== null && (
        // What was read before is as good as it was.
        <p className="jpr-Notice" role="alert">
          {timeline.problem}{' '}
          <button type="button" className="jpr-Link" onClick={again}>
            {trans.__('Try again')}
          </button>
        </p>
      )}
      <Timeline model={timeline} context={context} onKey={onKey} onClick={onClick} />
      {timeline.hidden > 0 && (
        <div className="jpr-Foot">
          {trans._n(
            '%1 older automatic checkpoint is hidden',
            '%1 older automatic checkpoints are hidden',
            timeline.hidden
          )}{' '}
          <button
            type="button"
            className="jpr-Link"
            onClick={() => {
              timeline.filter = { ...timeline.filter, hidden: true };
            }}
          >
            {trans.__('Show')}
          </button>
        </div>
      )}
    </>
  );
}

function EmptyList(props: {
  timeline: TimelineModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { timeline, trans } = props;
  const { filter } = timeline;
  if (!isSelective(filter) && !filter.thisBranch) {
    return <p>{trans.__('No checkpoint yet. The first one keeps everything that is here.')}</p>;
  }
  return (
    <>
      <p>{trans.__('No checkpoint fits the filter.')}</p>
      <button
        type="button"
        className="jpr-Button"
        onClick={() => {
          timeline.filter = NO_FILTER;
        }}
      >
        {trans.__('Show everything')}
      </button>
    </>
  );
}
