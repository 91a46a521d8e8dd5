/** The list of sessions, checkpoints and their files. */
import * as React from 'react';

import { useSignal } from '../ui/hooks';
import { Tree, type ITreeItem } from '../ui/tree';
import { graphWidth } from './graph-view';
import type { TimelineModel } from './model';
import { labelOf, levelOf, RowBody, type IRowContext } from './row-view';
import type { Row } from './rows';

interface ITimeline {
  model: TimelineModel;
  context: IRowContext;
  onKey(key: string, row: Row | undefined): boolean;
  onClick(row: Row, extra: boolean): void;
}

export function Timeline({ model, context, onKey, onClick }: ITimeline): React.JSX.Element {
  useSignal(model.changed);
  return (
    <Tree<Row>
      label={context.trans.__('History')}
      className="jpr-Timeline"
      rows={model.rows}
      places={model.places}
      focus={model.focus}
      indent={graphWidth(context.lanes)}
      busy={model.isLoading}
      item={row => itemOf(row, context)}
      onFocus={row => model.setFocus(row.key)}
      onClick={onClick}
      onKey={onKey}
      onMenu={(row, x, y) => {
        if (row.kind !== 'session') {
          context.actions.menu(row, x, y);
        }
      }}
      onNearEnd={() => void model.more()}
    >
      {row => <RowBody row={row} context={context} />}
    </Tree>
  );
}

function itemOf(row: Row, context: IRowContext): ITreeItem {
  const open = row.kind === 'commit' ? row.expanded : row.kind !== 'session';
  return {
    level: levelOf(row),
    label: labelOf(row, context),
    className: `jpr-mod-${row.kind}${open ? ' jpr-mod-open' : ''}`,
    expanded: row.kind === 'commit' || row.kind === 'folder' ? row.expanded : undefined,
    data: {
      commit: row.kind === 'session' ? undefined : row.commit.id,
      path: row.kind === 'file' ? row.change.path : undefined
    }
  };
}
