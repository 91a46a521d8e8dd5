/** Above the timeline: which checkpoints are shown. */
import { closeIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { printable } from '../format/names';
import { useSignal } from '../ui/hooks';
import { IconButton, Segments } from '../ui/widgets';
import type { View } from './filter';
import type { TimelineModel } from './model';

/** The box, the buttons beside it, and what was chosen elsewhere. */
export function FilterBar(props: {
  timeline: TimelineModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { timeline, trans } = props;
  useSignal(timeline.changed);
  const { filter, marked } = timeline;
  const [text, setText] = React.useState(filter.text);
  React.useEffect(() => setText(filter.text), [filter.text]);
  React.useEffect(() => {
    if (text === timeline.filter.text) {
      return;
    }
    const timer = setTimeout(() => {
      timeline.filter = { ...timeline.filter, text };
    }, 200);
    return () => clearTimeout(timer);
  }, [text, timeline]);
  return (
    <div className="jpr-Filter" role="search">
      <div className="jpr-Filter-row">
        <input
          type="search"
          className="jpr-Input"
          value={text}
          placeholder={trans.__('Filter')}
          aria-label={trans.__('Filter the history')}
          title={trans.__(
            'Words in message, author or tag; also author:NAME, path:PATH, kind:auto, since:2026-11-01, until:2026-11-30'
          )}
          onChange={event => setText(event.target.value)}
        />
        <Segments<View>
          label={trans.__('Which checkpoints')}
          value={filter.view}
          options={[
            { value: 'all', label: trans.__('All') },
            {
              value: 'named',
              label: trans.__('Named'),
              title: trans.__('Tagged, or with a message')
            },
            { value: 'mine', label: trans.__('Mine') },
            { value: 'runs', label: trans.__('Runs') }
          ]}
          onChange={view => {
            timeline.filter = { ...timeline.filter, view };
          }}
        />
      </div>
      {filter.path !== null && (
        <Chosen
          label={trans.__('Only %1', printable(filter.path))}
          clear={trans.__('Show all files again')}
          onClear={() => {
            timeline.filter = { ...timeline.filter, path: null };
          }}
        />
      )}
      {filter.thisBranch && (
        <Chosen
          label={trans.__('Only this branch')}
          clear={trans.__('Show all branches again')}
          onClear={() => {
            timeline.filter = { ...timeline.filter, thisBranch: false };
          }}
        />
      )}
      {marked !== null && (
        <Chosen
          label={trans.__('Choose what to compare it with')}
          clear={trans.__('Compare nothing')}
          onClear={() => timeline.mark(null)}
        />
      )}
      {timeline.isSeeking && (
        <Seeking isPath={filter.path !== null || /\bpath:/.test(filter.text)} trans={trans} />
      )}
    </div>
  );
}

function Chosen(props: { label: string; clear: string; onClear: () => void }): React.JSX.Element {
  return (
    <div className="jpr-Chosen">
      <span title={props.label}>{props.label}</span>
      <IconButton icon={closeIcon} label={props.clear} onClick={props.onClear} />
    </div>
  );
}

/** The answer takes a while: shown late, so that a quick one does not make it flash. */
function Seeking(props: { isPath: boolean; trans: TranslationBundle }): React.JSX.Element {
  const { isPath, trans } = props;
  const words = isPath
    ? trans.__('Looking through every checkpoint for this file. The first time takes a while.')
    : trans.__('Looking through the history…');
  return (
    <div className="jpr-Seeking" role="status">
      <progress aria-label={words} />
      <span>{words}</span>
    </div>
  );
}
