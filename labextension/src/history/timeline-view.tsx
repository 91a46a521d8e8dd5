/** The list: only rows in sight are drawn, so that ten thousand commits scroll as ten do. */
import * as React from 'react';

import { useHeight, useSignal } from '../ui/hooks';
import type { TimelineModel } from './model';
import { labelOf, levelOf, RowBody, type IRowContext } from './row-view';
import { rowAt, type Row } from './rows';

/** Rows drawn beyond each edge. */
const SPARE = 8;
/** Pixels from the end at which the next page is asked for. */
const AHEAD = 3000;

interface ITimeline {
  model: TimelineModel;
  context: IRowContext;
  /** Keys that are not about moving; true when it was used. */
  onKey(key: string, row: Row | undefined): boolean;
  /** A row was clicked; `extra` with Ctrl or Cmd. */
  onClick(row: Row, extra: boolean): void;
}

const idOf = (key: string): string => `jpr-row-${key}`;

export function Timeline({ model, context, onKey, onClick }: ITimeline): JSX.Element {
  const { trans } = context;
  useSignal(model.changed);
  const box = React.useRef<HTMLDivElement>(null);
  const height = useHeight(box);
  const [top, setTop] = React.useState(0);
  const { rows, offsets } = model;
  const total = offsets[rows.length];

  React.useEffect(() => {
    const reveal = (_: TimelineModel, at: number): void => {
      const node = box.current;
      if (node === null) {
        return;
      }
      const { offsets } = model;
      if (offsets[at] < node.scrollTop) {
        node.scrollTop = at === 0 ? 0 : offsets[at];
      } else if (offsets[at + 1] > node.scrollTop + node.clientHeight) {
        node.scrollTop = offsets[at + 1] - node.clientHeight;
      }
    };
    model.revealed.connect(reveal);
    return () => {
      model.revealed.disconnect(reveal);
    };
  }, [model]);

  React.useEffect(() => {
    if (height > 0 && top + height + AHEAD > total) {
      void model.more();
    }
  });

  const first = Math.max(0, rowAt(offsets, top) - SPARE);
  const last = Math.min(rows.length, rowAt(offsets, top + height) + 1 + SPARE);
  const move = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / 46) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length
    };
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key in steps) {
      model.moveFocus(steps[event.key]);
    } else if (!onKey(event.key, model.focused())) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={box}
      className="jpr-Timeline"
      role="tree"
      tabIndex={0}
      aria-label={trans.__('History')}
      aria-busy={model.isLoading}
      aria-activedescendant={model.focus === null ? undefined : idOf(model.focus)}
      data-lm-suppress-shortcuts="true"
      onScroll={event => setTop(event.currentTarget.scrollTop)}
      onKeyDown={move}
      onFocus={() => {
        if (model.focus === null && rows.length > 0) {
          const commit = rows.find(row => row.kind === 'commit');
          model.setFocus((commit ?? rows[0]).key);
        }
      }}
    >
      <div className="jpr-Timeline-all" role="none" style={{ height: total }}>
        {rows.slice(first, last).map((row, at) => (
          <div
            key={row.key}
            id={idOf(row.key)}
            role="treeitem"
            aria-level={levelOf(row)}
            aria-label={labelOf(row, context)}
            aria-selected={row.key === model.focus}
            aria-expanded={row.kind === 'commit' || row.kind === 'folder' ? row.expanded : undefined}
            data-commit={row.kind === 'session' ? undefined : row.commit.id}
            data-path={row.kind === 'file' ? row.change.path : undefined}
            className={`jpr-Row jpr-mod-${row.kind}${isOpen(row) ? ' jpr-mod-open' : ''}${
              row.key === model.focus ? ' jpr-mod-focus' : ''
            }`}
            style={{ top: offsets[first + at], height: row.height }}
            onClick={event => {
              model.setFocus(row.key);
              onClick(row, event.ctrlKey || event.metaKey);
            }}
            onContextMenu={event => {
              if (row.kind !== 'session') {
                event.preventDefault();
                event.stopPropagation();
                model.setFocus(row.key);
                context.actions.menu(row, event.clientX, event.clientY);
              }
            }}
          >
            <RowBody row={row} context={context} />
          </div>
        ))}
      </div>
    </div>
  );
}

function isOpen(row: Row): boolean {
  return row.kind === 'commit' ? row.expanded : row.kind !== 'session';
}
