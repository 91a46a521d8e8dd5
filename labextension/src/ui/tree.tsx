/**
 * A tree as a flat list of rows of known heights: only rows in sight are drawn, so that ten thousand scroll as ten do.
 * The focus is one row of the list and the list itself has the keyboard, as ARIA's tree pattern has it.
 */
import * as React from 'react';

import { useHeight } from './hooks';
import type { ITreeRow, Places } from './rows';

/** Rows drawn beyond each edge. */
const SPARE = 8;
/** Pixels from the end at which more is asked for. */
const AHEAD = 3000;
/** Height that a page key moves by is counted in rows of about this many pixels. */
const USUAL = 40;

/** How one row appears to people and to machines. */
export interface ITreeItem {
  /** From 1. */
  readonly level: number;
  /** The whole row in one sentence, for a screen reader. */
  readonly label: string;
  readonly className: string;
  /** Absent: it has nothing to open. */
  readonly expanded?: boolean;
  /** One of several that something is to be done with; absent where there is no such choice. */
  readonly chosen?: boolean;
  readonly data?: Readonly<Record<string, string | undefined>>;
}

export interface ITreeProps<R extends ITreeRow> {
  label: string;
  className: string;
  rows: readonly R[];
  places: Places;
  /** Key of the row that has the focus. */
  focus: string | null;
  /** Pixels before the row's text, which the style sheet may use. */
  indent?: number;
  busy?: boolean;
  /** Several rows can be chosen. */
  multiple?: boolean;
  item(row: R): ITreeItem;
  children(row: R): React.JSX.Element;
  onFocus(row: R): void;
  /** A row was clicked; `extra` with Ctrl or Cmd. */
  onClick(row: R, extra: boolean): void;
  /** Keys that are not about moving; true when it was used. */
  onKey(key: string, row: R | undefined): boolean;
  onMenu(row: R, x: number, y: number): void;
  onNearEnd?(): void;
}

const idOf = (key: string): string => `jpr-row-${key}`;

export function Tree<R extends ITreeRow>(props: ITreeProps<R>): React.JSX.Element {
  const { rows, places, focus } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const height = useHeight(box);
  const [top, setTop] = React.useState(0);

  React.useEffect(() => {
    if (height > 0 && top + height + AHEAD > places.total) {
      props.onNearEnd?.();
    }
  });

  const reveal = (at: number): void => {
    const node = box.current;
    if (node === null) {
      return;
    }
    if (places.top(at) < node.scrollTop) {
      node.scrollTop = at === 1 ? 0 : places.top(at);
    } else if (places.bottom(at) > node.scrollTop + node.clientHeight) {
      node.scrollTop = places.bottom(at) - node.clientHeight;
    }
  };
  const move = (by: number): void => {
    const at = rows.findIndex(row => row.key === focus);
    // Nothing has the focus yet: down begins before the first row, up at it.
    const from = at >= 0 ? at : by > 0 ? -1 : 0;
    const to = Math.min(rows.length - 1, Math.max(0, from + by));
    const row = rows[to];
    if (row !== undefined) {
      props.onFocus(row);
      reveal(to);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const page = Math.max(1, Math.floor(height / USUAL) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length
    };
    const row = rows.find(one => one.key === focus);
    const step = steps[event.key];
    if (step !== undefined) {
      move(step);
    } else if (event.key === 'ContextMenu' && row !== undefined) {
      const at = document.getElementById(idOf(row.key))?.getBoundingClientRect();
      if (at !== undefined) {
        props.onMenu(row, at.left + 40, at.top + 24);
      }
    } else if (!props.onKey(event.key, row)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const first = Math.max(0, places.at(top) - SPARE);
  const last = Math.min(rows.length, places.at(top + height) + 1 + SPARE);
  const drawn = rows.slice(first, last);
  const shown = drawn.some(row => row.key === focus);
  return (
    <div
      ref={box}
      className={`jpr-Tree ${props.className}`}
      role="tree"
      tabIndex={0}
      aria-label={props.label}
      aria-busy={props.busy}
      aria-multiselectable={props.multiple}
      aria-activedescendant={focus === null || !shown ? undefined : idOf(focus)}
      onScroll={event => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div
        className="jpr-Tree-all"
        role="none"
        style={{ height: places.total, ['--jpr-indent' as string]: `${props.indent ?? 0}px` }}
      >
        {drawn.map((row, at) => {
          const item = props.item(row);
          const focused = row.key === focus;
          return (
            <div
              key={row.key}
              id={idOf(row.key)}
              role="treeitem"
              aria-level={item.level}
              aria-label={item.label}
              aria-selected={item.chosen ?? focused}
              aria-expanded={item.expanded}
              {...dataOf(item.data)}
              className={`jpr-Row ${item.className}${focused ? ' jpr-mod-focus' : ''}${item.chosen === true ? ' jpr-mod-chosen' : ''}`}
              style={{ top: places.top(first + at), height: row.height }}
              onClick={event => {
                props.onFocus(row);
                props.onClick(row, event.ctrlKey || event.metaKey);
              }}
              onContextMenu={event => {
                event.preventDefault();
                event.stopPropagation();
                props.onFocus(row);
                props.onMenu(row, event.clientX, event.clientY);
              }}
            >
              {props.children(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function dataOf(data: ITreeItem['data']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(data ?? {}).map(([name, value]) => [`data-${name}`, value])
  );
}
