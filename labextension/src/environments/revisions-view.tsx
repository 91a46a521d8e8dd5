/** Revisions of an environment at the left, the chosen one at the right. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Build, RevisionRow } from '../api/client';
import { printable } from '../format/names';
import { Tree } from '../ui/tree';
import { told } from '../workspace/commands';
import { isUnderWay } from './build-log';
import { Chosen } from './chosen-view';
import type { IRevisionRow } from './environment-model';
import type { IEnvironmentProps } from './view';
import { stateWord } from './words';

export function RevisionsTab(props: IEnvironmentProps): React.JSX.Element {
  const { model, trans } = props;
  return (
    <div className="jpr-Env-split">
      <div className="jpr-Env-left">
        <div className="jpr-Revision jpr-Table-head" aria-hidden="true">
          <span>{trans.__('Revision')}</span>
          <span>{trans.__('When, who')}</span>
          <span>{trans.__('What changed')}</span>
          <span />
        </div>
        <Tree<IRevisionRow>
          label={trans.__('Revisions')}
          className="jpr-Table"
          rows={model.rows}
          places={model.places}
          focus={model.selected === null ? null : `r-${model.selected}`}
          item={({ revision }) => ({
            level: 1,
            label: sentenceOf(revision, props),
            className: revision.number === model.selected ? 'jpr-mod-open' : '',
            data: { revision: String(revision.number) }
          })}
          onFocus={({ revision }) => void model.select(revision.number)}
          onClick={() => undefined}
          onKey={() => false}
          onMenu={() => undefined}
          onNearEnd={() => void model.more()}
        >
          {({ revision }) => <Row {...props} revision={revision} />}
        </Tree>
      </div>
      <div className="jpr-Env-right">
        <Chosen {...props} />
      </div>
    </div>
  );
}

function sentenceOf(revision: RevisionRow, { trans, time }: IEnvironmentProps): string {
  const { number, author, message, changed, build, active } = revision;
  return [
    `r${number}`,
    ...(active ? [trans.__('active')] : []),
    build === null ? trans.__('not built') : stateWord(build.state, trans),
    time.exact(revision.time),
    printable(author),
    message,
    changed
  ]
    .filter(part => part !== '')
    .join(', ');
}

/** `r7 ●  yesterday 16:18, you  pandas 2.3.3 → 3.0.1, +1 package  active` */
function Row(props: IEnvironmentProps & { revision: RevisionRow }): React.JSX.Element {
  const { revision, trans, time, model } = props;
  const { number, author, message, changed, build, active, marked } = revision;
  const failed = build !== null && build.state === 'failed';
  const what = failed ? (build.problem ?? '') : changed;
  return (
    <div className="jpr-Revision">
      <span>
        <b className={active ? '' : 'jpr-mod-plain'}>r{number}</b>{' '}
        <StateDot build={build} trans={trans} />
        {marked && (
          <span
            title={trans.__('Marked for this project')}
            role="img"
            aria-label={trans.__('marked')}
          >
            {' '}
            ✓
          </span>
        )}
      </span>
      <span title={time.exact(revision.time)}>
        {time.moment(revision.time)},{' '}
        {author === model.environment?.owner && model.environment.mine
          ? trans.__('you')
          : printable(author)}
      </span>
      <span title={[what, message].filter(one => one !== '').join('\n')}>
        {what !== '' && <div className={failed ? 'jpr-mod-deleted' : ''}>{printable(what)}</div>}
        {message !== '' && (
          <div className={what === '' ? '' : 'jpr-Revision-message'}>{printable(message)}</div>
        )}
      </span>
      <span>
        <RowAction {...props} />
      </span>
    </div>
  );
}

/** One thing that is likely wanted of a revision. */
function RowAction({
  revision,
  ...props
}: IEnvironmentProps & { revision: RevisionRow }): React.JSX.Element | null {
  const { model, trans, actions } = props;
  const { number, active, ready, build } = revision;
  const { environment } = model;
  if (environment === null) {
    return null;
  }
  if (active) {
    return <span className="jpr-mod-active">{trans.__('active')}</span>;
  }
  const link = (label: string, title: string, act: () => Promise<void>): React.JSX.Element => (
    <button
      type="button"
      className="jpr-Link"
      tabIndex={-1}
      title={title}
      onClick={event => {
        event.stopPropagation();
        void told(trans, label, act);
      }}
    >
      {label}
    </button>
  );
  if (build !== null && isUnderWay(build.state)) {
    return <span className="jpr-mod-building">{stateWord(build.state, trans)}</span>;
  }
  if (!environment.mine) {
    return null;
  }
  return ready
    ? link(trans.__('activate'), trans.__('Give users this revision'), () =>
        actions.activate(model.id, environment.name, number)
      )
    : link(trans.__('build'), trans.__('Build it'), () =>
        actions.build(model.id, environment.name, number)
      );
}

function StateDot(props: { build: Build | null; trans: TranslationBundle }): React.JSX.Element {
  const { build, trans } = props;
  const word = build === null ? trans.__('not built') : stateWord(build.state, trans);
  return (
    <span
      className={`jpr-Dot-state jpr-is-${build?.state ?? 'none'}`}
      role="img"
      aria-label={word}
      title={word}
    />
  );
}
