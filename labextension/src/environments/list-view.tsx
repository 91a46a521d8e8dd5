/** The sidebar of environments: search, groups, states. Shows the model and runs commands; asks the server nothing. */
import { refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { printable } from '../format/names';
import { Failed } from '../ui/failed';
import { useSignal } from '../ui/hooks';
import { Tree } from '../ui/tree';
import { IconButton } from '../ui/widgets';
import { EnvironmentCommands } from './ids';
import type { EnvironmentsModel } from './model';
import type { EnvironmentsRow, IEnvironmentRow, IFoundRow } from './rows';
import { groupName, sharingWords, stateWord } from './words';

export interface IListProps {
  model: EnvironmentsModel;
  trans: TranslationBundle;
  commands: CommandRegistry;
  menu(row: EnvironmentsRow, x: number, y: number): void;
}

export function EnvironmentsList(props: IListProps): React.JSX.Element {
  const { model, trans, commands } = props;
  useSignal(model.changed);
  return (
    <>
      <div className="jpr-Header">
        <div className="jpr-Header-name">
          <h2>{trans.__('Environments')}</h2>
          <IconButton
            icon={refreshIcon}
            label={trans.__('Look again')}
            onClick={() => void model.refresh()}
          />
          <button
            type="button"
            className="jpr-Button jpr-mod-primary"
            onClick={() => void commands.execute(EnvironmentCommands.create)}
          >
            {trans.__('New')}
          </button>
        </div>
        <div className="jpr-Environments-search" role="search">
          <input
            type="search"
            className="jpr-Input"
            value={model.filter}
            placeholder={trans.__('Filter')}
            aria-label={trans.__('Filter environments')}
            title={trans.__('Words in name, description, owner, engine or state')}
            onChange={event => {
              model.filter = event.target.value;
            }}
          />
        </div>
      </div>
      {model.problem !== null && model.rows.length > 0 && (
        <p className="jpr-Notice" role="alert">
          {model.problem}
        </p>
      )}
      {model.notice !== null && (
        <p className="jpr-Notice" role="status">
          {model.notice}
        </p>
      )}
      <Rows {...props} />
      <div className="jpr-Foot">
        <label className="jpr-Check">
          <input
            type="checkbox"
            checked={model.archived}
            onChange={event => {
              model.archived = event.target.checked;
            }}
          />
          {trans.__('Archived ones too')}
        </label>
      </div>
    </>
  );
}

function Rows({ model, trans, commands, menu }: IListProps): React.JSX.Element {
  const { rows } = model;
  if (rows.length === 0 && model.problem !== null) {
    // Nobody knows whether there are any.
    return <Failed message={model.problem} trans={trans} again={() => void model.refresh()} />;
  }
  if (rows.length === 0) {
    return (
      <div className="jpr-Empty" role="status">
        {model.isLoading ? (
          trans.__('Reading…')
        ) : model.filter !== '' ? (
          trans.__('No environment fits the filter.')
        ) : (
          <>
            <p>
              {trans.__(
                'An environment is a named set of software: every change is kept as a revision, and any of them comes back exactly.'
              )}
            </p>
            <button
              type="button"
              className="jpr-Button"
              onClick={() => void commands.execute(EnvironmentCommands.create)}
            >
              {trans.__('Make the first one')}
            </button>
          </>
        )}
      </div>
    );
  }
  const open = (row: EnvironmentsRow): void => {
    if (row.kind === 'environment') {
      void commands.execute(EnvironmentCommands.open, { environment: row.environment.id });
    } else if (row.kind === 'found' && row.found.definition !== null) {
      void commands.execute(EnvironmentCommands.create, { path: row.found.path });
    }
  };
  return (
    <Tree<EnvironmentsRow>
      label={trans.__('Environments')}
      className="jpr-Environments-list"
      rows={rows}
      places={model.places}
      focus={model.focus}
      busy={model.isLoading}
      item={row => ({
        level: row.kind === 'group' ? 1 : 2,
        label: labelOf(row, trans),
        className: row.kind === 'group' ? 'jpr-mod-session' : classOf(row, model),
        data: row.kind === 'environment' ? { environment: row.environment.name } : {}
      })}
      onFocus={row => {
        model.focus = row.key;
      }}
      onClick={open}
      onKey={(key, row) => {
        if ((key === 'Enter' || key === ' ') && row !== undefined) {
          open(row);
          return true;
        }
        return false;
      }}
      onMenu={menu}
    >
      {row => <Body row={row} trans={trans} />}
    </Tree>
  );
}

function classOf(row: IEnvironmentRow | IFoundRow, model: EnvironmentsModel): string {
  const shown = row.kind === 'environment' && row.environment.id === model.shown;
  return `jpr-mod-${row.kind}${shown ? ' jpr-mod-open' : ''}`;
}

function labelOf(row: EnvironmentsRow, trans: TranslationBundle): string {
  switch (row.kind) {
    case 'group':
      return `${groupName(row.group, trans)}, ${row.count}`;
    case 'found':
      return [printable(row.found.path), ...foundWords(row, trans)].join(', ');
    default:
      return [row.environment.name, ...factsOf(row, trans)].join(', ');
  }
}

function factsOf({ environment, used }: IEnvironmentRow, trans: TranslationBundle): string[] {
  const { engine, active, newest, build } = environment;
  return [
    ...(used === null ? [] : [trans.__('in use: r%1', used)]),
    engine,
    `r${active ?? newest}`,
    environment.mine
      ? sharingWords(environment, trans)
      : trans.__('by %1', printable(environment.owner)),
    ...(build === null || build.state === 'ready' ? [] : [stateWord(build.state, trans)])
  ];
}

function foundWords({ found }: IFoundRow, trans: TranslationBundle): string[] {
  return [
    found.engine,
    trans._n('%1 requirement', '%1 requirements', found.requirements),
    found.definition === null ? (found.problem ?? '') : trans.__('Use it')
  ];
}

function Body({
  row,
  trans
}: {
  row: EnvironmentsRow;
  trans: TranslationBundle;
}): React.JSX.Element {
  if (row.kind === 'group') {
    return (
      <div className="jpr-Environments-group">
        <b>{groupName(row.group, trans)}</b>
        <span>{row.count}</span>
      </div>
    );
  }
  if (row.kind === 'found') {
    const [engine, count, rest] = foundWords(row, trans);
    return (
      <div className="jpr-Environments-entry" title={row.found.problem ?? undefined}>
        <div className="jpr-Environments-name">{printable(row.found.path)}</div>
        <div className="jpr-Environments-facts">
          {engine} · {count} ·{' '}
          <span className={row.found.definition === null ? '' : 'jpr-Environments-link'}>
            {rest}
          </span>
        </div>
      </div>
    );
  }
  const { environment, used } = row;
  const { build, engine, active, newest, packages } = environment;
  const working = build !== null && build.state !== 'ready';
  return (
    <div className="jpr-Environments-entry" title={environment.description || undefined}>
      <div className="jpr-Environments-name">
        <span>{environment.name}</span>
        {used !== null && (
          <span className="jpr-Badge jpr-mod-accent">{trans.__('in use · r%1', used)}</span>
        )}
        {environment.default && <span className="jpr-Badge">{trans.__('default')}</span>}
      </div>
      <div className="jpr-Environments-facts">
        {engine} · r{active ?? newest} ·{' '}
        {environment.mine
          ? sharingWords(environment, trans)
          : trans.__('by %1', printable(environment.owner))}
        {packages !== null && packages > 0 && (
          <> · {trans._n('%1 package', '%1 packages', packages)}</>
        )}
        {working && (
          <>
            {' '}
            · <span className={`jpr-mod-${build.state}`}>{stateWord(build.state, trans)}</span>
          </>
        )}
      </div>
    </div>
  );
}
