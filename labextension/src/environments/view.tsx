/** One environment in a tab: what it is, what can be done with it, and four views of it. */
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Environment } from '../api/client';
import { printable } from '../format/names';
import type { TimeFormat } from '../format/time';
import { Failed } from '../ui/failed';
import { useMinute, useSignal } from '../ui/hooks';
import { IconButton } from '../ui/widgets';
import type { Actions } from './actions';
import { CompareTab } from './compare-view';
import { EditTab } from './edit-view';
import type { EnvironmentModel, Tab } from './environment-model';
import { EnvironmentCommands } from './ids';
import { PackagesTab } from './packages-tab';
import { RevisionsTab } from './revisions-view';
import { isUsed } from './rows';
import { TabPanel, Tabs } from './tabs-view';
import { sharingWords } from './words';

export interface IEnvironmentProps {
  model: EnvironmentModel;
  actions: Actions;
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
  editors: IEditorServices;
  menu(x: number, y: number): void;
}

export function EnvironmentView(props: IEnvironmentProps): React.JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  useSignal(model.environments.changed);
  useMinute();
  const { environment, problem, tab } = model;
  if (environment === null) {
    return problem !== null ? (
      <Failed message={problem} trans={trans} again={() => void model.again()} />
    ) : (
      <p className="jpr-Empty" role="status">
        {trans.__('Reading…')}
      </p>
    );
  }
  const id = `jpr-env-${model.id}`;
  const tabs: { value: Tab; label: string; marked?: boolean }[] = [
    { value: 'revisions', label: trans.__('Revisions') },
    ...(environment.mine
      ? [{ value: 'edit' as const, label: trans.__('Edit'), marked: model.isDirty }]
      : []),
    { value: 'packages', label: trans.__('Packages') },
    { value: 'compare', label: trans.__('Compare') }
  ];
  return (
    <>
      <Head {...props} environment={environment} />
      {problem !== null && (
        <p className="jpr-Notice" role="alert">
          {problem}{' '}
          <button type="button" className="jpr-Link" onClick={() => void model.again()}>
            {trans.__('Try again')}
          </button>
        </p>
      )}
      <Tabs
        id={id}
        label={trans.__('Parts of the environment')}
        tabs={tabs}
        value={tab}
        onChange={value => {
          model.tab = value;
        }}
      />
      <TabPanel id={id} value={tab}>
        {tab === 'revisions' && <RevisionsTab {...props} />}
        {tab === 'edit' && <EditTab {...props} />}
        {tab === 'packages' && <PackagesTab {...props} />}
        {tab === 'compare' && <CompareTab {...props} />}
      </TabPanel>
    </>
  );
}

function Head(props: IEnvironmentProps & { environment: Environment }): React.JSX.Element {
  const { model, environment, trans, commands, menu } = props;
  const { name, active, newest, description, archived } = environment;
  const used = model.environments.selection?.used ?? null;
  const usedHere = isUsed(used, environment);
  const run = (command: string): void => void commands.execute(command, { environment: model.id });
  return (
    <div className="jpr-Env-head">
      <div className="jpr-Env-title">
        <h1>{name}</h1>
        <span className="jpr-Badges">
          <span className={`jpr-Badge ${active === null ? '' : 'jpr-mod-accent'}`}>
            {active === null ? trans.__('no good build yet') : trans.__('active: r%1', active)}
          </span>
          {usedHere && used !== null && (
            <span
              className="jpr-Badge jpr-mod-accent"
              title={used.pinned ? trans.__('Pinned') : trans.__('Follows the active revision')}
            >
              {used.pinned
                ? trans.__('in use · r%1, pinned', used.revision)
                : trans.__('in use · r%1', used.revision)}
              {used.applied !== null && ` + ${printable(used.applied)}`}
            </span>
          )}
          {environment.default && <span className="jpr-Badge">{trans.__('default')}</span>}
          {archived !== null && <span className="jpr-Badge">{trans.__('archived')}</span>}
        </span>
      </div>
      <div className="jpr-Env-facts" title={description}>
        {factsOf(environment, model, trans).join(' · ')}
        {description !== '' && <> · {printable(description)}</>}
      </div>
      <div className="jpr-Env-buttons">
        {!usedHere && active !== null && (
          <button
            type="button"
            className="jpr-Button"
            disabled={model.environments.workspace.state === null}
            onClick={() => run(EnvironmentCommands.use)}
          >
            {trans.__('Use here')}
          </button>
        )}
        <button
          type="button"
          className={`jpr-Button${environment.mine ? '' : ' jpr-mod-primary'}`}
          onClick={() => run(EnvironmentCommands.duplicate)}
        >
          {trans.__('Duplicate')}
        </button>
        {environment.mine && (
          <>
            <button
              type="button"
              className="jpr-Button"
              onClick={() => run(EnvironmentCommands.share)}
            >
              {trans.__('Share')}
            </button>
            <button
              type="button"
              className="jpr-Button jpr-mod-primary"
              onClick={() => {
                model.tab = 'edit';
              }}
            >
              {trans.__('Edit → r%1', newest + 1)}
            </button>
          </>
        )}
        <IconButton
          icon={ellipsesIcon}
          label={trans.__('More actions')}
          onClick={event => {
            const box = event.currentTarget.getBoundingClientRect();
            menu(box.left, box.bottom);
          }}
        />
      </div>
    </div>
  );
}

function factsOf(
  environment: Environment,
  model: EnvironmentModel,
  trans: TranslationBundle
): string[] {
  const python = model.newest?.python ?? '';
  return [
    environment.engine,
    ...(python === '' ? [] : [trans.__('Python %1', python)]),
    trans.__('owner %1', environment.mine ? trans.__('you') : printable(environment.owner)),
    sharingWords(environment, trans),
    ...(environment.used_by > 0
      ? [trans._n('used by %1 workspace', 'used by %1 workspaces', environment.used_by)]
      : [])
  ];
}
