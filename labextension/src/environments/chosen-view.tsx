/** The revision that is looked at: its definition, what can be done with it, and the log of its newest build. */
import * as React from 'react';

import { printable } from '../format/names';
import { told } from '../workspace/commands';
import { isUnderWay } from './build-log';
import { DefinitionCard } from './definition-view';
import { LogView } from './log-view';
import { isUsed } from './rows';
import type { IEnvironmentProps } from './view';
import { lasted, stateWord } from './words';

export function Chosen(props: IEnvironmentProps): React.JSX.Element {
  const { model, trans, editors } = props;
  const { detail, selected } = model;
  if (detail === null) {
    return <p className="jpr-Empty">{model.problem === null && trans.__('Reading…')}</p>;
  }
  return (
    <>
      <div className="jpr-Env-card">
        <h2>
          {trans.__('Definition of r%1', selected ?? 0)}
          <ChosenActions {...props} />
        </h2>
        <DefinitionCard definition={detail.definition} trans={trans} editors={editors} />
      </div>
      <BuildCard {...props} />
    </>
  );
}

/** What can be done with the chosen revision, by mouse and by keyboard. */
function ChosenActions(props: IEnvironmentProps): React.JSX.Element {
  const { model, trans, actions } = props;
  const { detail, environment } = model;
  const used = model.environments.selection?.used ?? null;
  const revision = detail?.revision;
  if (revision?.ready !== true || environment === null) {
    return <span className="jpr-Env-small" />;
  }
  const usedHere = isUsed(used, environment) && used?.revision === revision.number;
  const pinned = usedHere && used.pinned;
  const link = (label: string, title: string, act: () => Promise<void>): React.JSX.Element => (
    <button
      type="button"
      className="jpr-Link"
      title={title}
      onClick={() => void told(trans, label, act)}
    >
      {label}
    </button>
  );
  const activate = link(trans.__('Activate'), trans.__('Give users this revision'), () =>
    actions.activate(model.id, environment.name, revision.number)
  );
  const use = link(
    usedHere ? trans.__('Pin it here') : trans.__('Use r%1 here', revision.number),
    trans.__('This workspace stays on it, whatever becomes active'),
    () => actions.use(model.id, revision.number)
  );
  const unpin = link(
    trans.__('Follow the active revision'),
    trans.__('This workspace gets whichever revision becomes active'),
    () => actions.use(model.id, null)
  );
  const mark = link(
    revision.marked ? trans.__('Unmark') : trans.__('Mark for this project'),
    trans.__('With any marked, workspaces of this project may use those only'),
    () => markRevision(props, !revision.marked)
  );
  const inWorkspace = model.environments.workspace.state !== null;
  return (
    <span className="jpr-Env-small">
      {environment.mine && !revision.active && activate}
      {inWorkspace && (pinned ? unpin : use)}
      {inWorkspace && mark}
    </span>
  );
}

async function markRevision({ model }: IEnvironmentProps, marked: boolean): Promise<void> {
  const { mark } = await import('./project-dialog');
  if (model.selected !== null) {
    await mark(model.environments, model.id, model.selected, marked);
  }
}

function BuildCard(props: IEnvironmentProps): React.JSX.Element {
  const { model, trans, actions } = props;
  const { detail, log, environment } = model;
  const build = detail?.builds[0];
  if (build === undefined || log === null || environment === null) {
    return (
      <div className="jpr-Env-card">
        <h2>{trans.__('Build')}</h2>
        <p className="jpr-mod-dim">{trans.__('It was not built yet.')}</p>
      </div>
    );
  }
  const state = log.state ?? build.state;
  const again = (label: string, title: string, cache: boolean): React.JSX.Element => (
    <button
      type="button"
      className="jpr-Link"
      title={title}
      onClick={() =>
        void told(trans, label, () =>
          actions.build(model.id, environment.name, build.revision, cache)
        )
      }
    >
      {label}
    </button>
  );
  return (
    <div className="jpr-Env-card jpr-mod-grow">
      <h2>
        {trans.__('Build of r%1', build.revision)}{' '}
        <span className={`jpr-mod-state jpr-mod-${state}`} role="status">
          {state === 'ready' && build.ended !== null
            ? trans.__('ready in %1', lasted(build))
            : stateWord(state, trans)}
        </span>
        {isUnderWay(state) && environment.mine && (
          // Not where other buttons come once it has ended: a second click must not build again.
          <button
            type="button"
            className="jpr-Link jpr-Env-cancel"
            onClick={() =>
              void told(trans, trans.__('Cancel'), () => actions.cancel(model.id, build.id))
            }
          >
            {trans.__('Cancel')}
          </button>
        )}
        {!isUnderWay(state) && environment.mine && (
          <span className="jpr-Env-small">
            {again(trans.__('Build again'), trans.__('Resolve it anew'), true)}
            {environment.engine === 'docker' &&
              again(
                trans.__('Without cache'),
                trans.__('Build again and carry out every instruction'),
                false
              )}
          </span>
        )}
      </h2>
      {build.problem !== null && state === 'failed' && (
        <p className="jpr-Notice" role="alert">
          {printable(build.problem)}
        </p>
      )}
      <LogView
        key={build.id}
        model={log}
        trans={trans}
        label={trans.__('Log of the build of r%1', build.revision)}
      />
    </div>
  );
}
