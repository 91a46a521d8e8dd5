/** Small questions about environments: a name, who may use it, which revision. */
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Environment, RevisionRow } from '../api/client';
import { Field, FormBody } from '../ui/form';
import type { EnvironmentsModel } from './model';

export interface IShared {
  readonly visibility: Environment['sharing']['visibility'];
  readonly users: string[];
  readonly groups: string[];
}

/** Who may see and use it; null when nothing was decided. */
export async function askSharing(
  environment: Environment,
  trans: TranslationBundle
): Promise<IShared | null> {
  const { visibility, users, groups } = environment.sharing;
  const options: [IShared['visibility'], string, string][] = [
    ['private', trans.__('Private'), trans.__('only you see it')],
    ['shared', trans.__('Named users and groups'), trans.__('they see and use it')],
    ['everyone', trans.__('Everyone'), trans.__('everyone of this installation sees and uses it')]
  ];
  const result = await showDialog({
    title: trans.__('Share %1', environment.name),
    body: new FormBody(
      { visibility, users: users.join(', '), groups: groups.join(', ') },
      (value, set) => (
        <>
          <fieldset className="jpr-Choices">
            <legend>{trans.__('Who may use it')}</legend>
            {options.map(([name, label, detail]) => (
              <label key={name} className="jpr-Check">
                <input
                  type="radio"
                  name="jpr-visibility"
                  checked={value.visibility === name}
                  onChange={() => set({ visibility: name })}
                />
                <b>{label}</b> <span className="jpr-mod-dim">{detail}</span>
              </label>
            ))}
          </fieldset>
          {value.visibility === 'shared' && (
            <>
              <Field
                id="jpr-share-users"
                label={trans.__('Users, with commas between')}
                value={value.users}
                onChange={text => set({ users: text })}
              />
              <Field
                id="jpr-share-groups"
                label={trans.__('Groups, with commas between')}
                value={value.groups}
                onChange={text => set({ groups: text })}
              />
            </>
          )}
          <p className="jpr-mod-dim">
            {trans.__('Only you change it. Others make one of their own from it.')}
          </p>
        </>
      )
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Share') })
    ]
  });
  const { value } = result;
  if (!result.button.accept || value === null) {
    return null;
  }
  const shared = value.visibility === 'shared';
  return {
    visibility: value.visibility,
    users: shared ? namesOf(value.users) : [],
    groups: shared ? namesOf(value.groups) : []
  };
}

function namesOf(text: string): string[] {
  return text
    .split(/[,;\s]+/)
    .map(name => name.trim())
    .filter(name => name !== '');
}

/** A name that is free, for a copy. */
export async function askName(
  model: EnvironmentsModel,
  environment: Environment,
  trans: TranslationBundle
): Promise<string | null> {
  const taken = new Set(model.environments.map(one => one.name));
  let proposed = `${environment.name}-copy`;
  for (let number = 2; taken.has(proposed); number += 1) {
    proposed = `${environment.name}-copy-${number}`;
  }
  const { button, value } = await InputDialog.getText({
    title: trans.__('Make an environment of your own from %1', environment.name),
    label: trans.__('Name'),
    text: proposed,
    okLabel: trans.__('Duplicate'),
    cancelLabel: trans.__('Cancel')
  });
  return button.accept && value !== null && value.trim() !== '' ? value.trim() : null;
}

/** A new description; null when it stays. */
export async function askDescription(
  environment: Environment,
  trans: TranslationBundle
): Promise<string | null> {
  const { button, value } = await InputDialog.getText({
    title: trans.__('Describe %1', environment.name),
    label: trans.__('In one line'),
    text: environment.description,
    okLabel: trans.__('Save'),
    cancelLabel: trans.__('Cancel')
  });
  return button.accept && value !== null ? value.trim() : null;
}

export interface IChoice {
  readonly environment: string;
  /** null: the active one, whichever that will be. */
  readonly revision: number | null;
}

/** An environment and a revision for the workspace; null when none was chosen. */
export async function askChoice(
  model: EnvironmentsModel,
  trans: TranslationBundle
): Promise<IChoice | null> {
  const usable = model.environments.filter(one => one.active !== null);
  const used = model.selection?.used ?? null;
  const first = usable.find(one => one.id === used?.environment) ?? usable[0];
  const body = new FormBody<IChoice>(
    {
      environment: first?.id ?? '',
      revision:
        used !== null && used.pinned && first?.id === used.environment ? used.revision : null
    },
    (value, set) => <Choose model={model} value={value} set={set} trans={trans} />
  );
  const result = await showDialog({
    title: trans.__('Environment of this workspace'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Use') })
    ],
    focusNodeSelector: '#jpr-choose-environment'
  });
  return result.button.accept && result.value !== null && result.value.environment !== ''
    ? result.value
    : null;
}

interface IChoose {
  model: EnvironmentsModel;
  value: IChoice;
  set: (part: Partial<IChoice>) => void;
  trans: TranslationBundle;
}

function Choose({ model, value, set, trans }: IChoose): React.JSX.Element {
  const [revisions, setRevisions] = React.useState<readonly RevisionRow[]>([]);
  const { environment } = value;
  React.useEffect(() => {
    let wanted = true;
    if (environment !== '') {
      model.workspace.api
        .call('get', '/environments/{environment}/revisions', {
          path: { environment },
          query: { limit: 200 }
        })
        .then(page => wanted && setRevisions(page.items.filter(one => one.ready)))
        .catch(() => undefined);
    }
    return () => {
      wanted = false;
    };
  }, [model, environment]);
  const active = model.find(environment)?.active ?? null;
  return (
    <>
      <label htmlFor="jpr-choose-environment">{trans.__('Environment')}</label>
      <select
        id="jpr-choose-environment"
        className="jpr-Select"
        value={environment}
        onChange={event => set({ environment: event.target.value, revision: null })}
      >
        {model.environments
          .filter(one => one.active !== null)
          .map(one => (
            <option key={one.id} value={one.id}>
              {`${one.name} · ${one.engine}${one.mine ? '' : ` · ${one.owner}`}`}
            </option>
          ))}
      </select>
      <label htmlFor="jpr-choose-revision">{trans.__('Revision')}</label>
      <select
        id="jpr-choose-revision"
        className="jpr-Select"
        value={value.revision ?? ''}
        onChange={event =>
          set({ revision: event.target.value === '' ? null : Number(event.target.value) })
        }
      >
        <option value="">{trans.__('The active one, always (now r%1)', active ?? 0)}</option>
        {revisions.map(({ number, message, changed }) => (
          <option key={number} value={number}>
            {[trans.__('r%1, pinned', number), message, changed]
              .filter(one => one !== '')
              .join(' · ')}
          </option>
        ))}
      </select>
      <p className="jpr-mod-dim">
        {trans.__('Its kernel appears in the launcher. Kernels that run go on as they are.')}
      </p>
    </>
  );
}
