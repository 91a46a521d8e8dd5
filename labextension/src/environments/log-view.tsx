/** A build's log: live, searchable, and with only the lines in sight drawn. */
import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useHeight, useSignal } from '../ui/hooks';
import { IconButton } from '../ui/widgets';
import type { BuildLogModel } from './build-log';
import { nextHit } from './log';

/** Height of a line; the style sheet has the same. */
const LINE = 18;
const SPARE = 20;

interface ILog {
  model: BuildLogModel;
  trans: TranslationBundle;
  label: string;
}

export function LogView({ model, trans, label }: ILog): React.JSX.Element {
  useSignal(model.changed);
  const box = React.useRef<HTMLDivElement>(null);
  const height = useHeight(box);
  const [top, setTop] = React.useState(0);
  const [current, setCurrent] = React.useState(0);
  const following = React.useRef(true);
  const { lines, hits, search } = model.log;

  React.useEffect(() => {
    // As a terminal does: the end stays in sight until somebody scrolls back.
    if (following.current && box.current !== null) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [lines.length]);

  const go = (by: 1 | -1): void => {
    const line = nextHit(hits, current, by);
    if (line !== null && box.current !== null) {
      setCurrent(line);
      following.current = false;
      box.current.scrollTop = Math.max(0, (line - 1) * LINE - height / 2);
    }
  };
  const first = Math.max(0, Math.floor(top / LINE) - SPARE);
  const last = Math.min(lines.length, Math.ceil((top + height) / LINE) + SPARE);
  return (
    <div className="jpr-Log">
      <div className="jpr-Log-search" role="search">
        <input
          type="search"
          className="jpr-Input"
          value={search}
          placeholder={trans.__('Search the log')}
          aria-label={trans.__('Search the log')}
          onChange={event => {
            model.search = event.target.value;
            setCurrent(0);
          }}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              go(event.shiftKey ? -1 : 1);
            }
          }}
        />
        <span className="jpr-Log-hits" role="status">
          {search === ''
            ? ''
            : hits.length === 0
              ? trans.__('not found')
              : current > 0
                ? trans.__('%1 of %2', hits.indexOf(current) + 1, hits.length)
                : trans._n('%1 line', '%1 lines', hits.length)}
        </span>
        <IconButton
          icon={caretUpIcon}
          label={trans.__('Previous')}
          disabled={hits.length === 0}
          onClick={() => go(-1)}
        />
        <IconButton
          icon={caretDownIcon}
          label={trans.__('Next')}
          disabled={hits.length === 0}
          onClick={() => go(1)}
        />
      </div>
      {model.problem !== null && <p className="jpr-Notice">{model.problem}</p>}
      <div
        ref={box}
        className="jpr-Log-lines"
        role="log"
        aria-live="off"
        aria-label={label}
        tabIndex={0}
        onScroll={event => {
          const node = event.currentTarget;
          setTop(node.scrollTop);
          following.current = node.scrollTop + node.clientHeight >= node.scrollHeight - LINE;
        }}
      >
        <div style={{ height: first * LINE }} />
        {lines.slice(first, last).map(line => (
          <div
            key={line.number}
            className={`jpr-Log-line jpr-mod-${line.kind}${line.hit ? ' jpr-mod-hit' : ''}${
              line.number === current ? ' jpr-mod-current' : ''
            }`}
          >
            {line.text}
          </div>
        ))}
        <div style={{ height: Math.max(0, lines.length - last) * LINE }} />
      </div>
    </div>
  );
}
