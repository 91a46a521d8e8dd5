/** What the workspaces of a project begin with, and which revisions they may use. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ProjectEnvironments } from '../api/client';
import { printable } from '../format/names';
import { FormBody } from '../ui/form';
import type { EnvironmentsModel } from './model';

interface IWanted {
  /** Id or name of an environment; `''` for none. */
  readonly environment: string;
  readonly marked: ProjectEnvironments['marked'];
}

/** Asks, and says it to the server. */
export async function editProject(
  model: EnvironmentsModel,
  trans: TranslationBundle
): Promise<void> {
  const { api, state } = model.workspace;
  if (state === null) {
    return;
  }
  const path = { project: state.project.id };
  const now = await api.call('get', '/projects/{project}/environments', { path });
  const result = await showDialog<IWanted>({
    title: trans.__('Environments of %1', printable(state.project.name)),
    body: new FormBody<IWanted>(
      {
        environment: model.find(now.environment ?? '')?.id ?? now.environment ?? '',
        marked: now.marked
      },
      (value, set) => <Form model={model} value={value} set={set} trans={trans} />
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save') })
    ],
    focusNodeSelector: '#jpr-project-environment'
  });
  const wanted = result.value;
  if (!result.button.accept || wanted === null) {
    return;
  }
  const same = wanted.environment === (model.find(now.environment ?? '')?.id ?? '');
  await api.call('put', '/projects/{project}/environments', {
    path,
    body: {
      choice: {
        environment: wanted.environment === '' ? null : wanted.environment,
        revision: same ? now.revision : null
      },
      marked: marksOf(wanted.marked)
    }
  });
  // Tabs say which revisions are marked.
  now.marked.forEach(one => model.touch(one.environment ?? ''));
  await model.refresh();
}

/** Lets the workspaces of the project use a revision, or not; with none marked, they may use any. */
export async function mark(
  model: EnvironmentsModel,
  environment: string,
  revision: number,
  marked: boolean
): Promise<void> {
  const { api, state } = model.workspace;
  if (state === null) {
    return;
  }
  const path = { project: state.project.id };
  const now = await api.call('get', '/projects/{project}/environments', { path });
  const others = now.marked.filter(
    one => one.environment !== environment || one.revision !== revision
  );
  await api.call('put', '/projects/{project}/environments', {
    path,
    body: { marked: [...marksOf(others), ...(marked ? [{ environment, revision }] : [])] }
  });
  model.touch(environment);
}

function marksOf(
  marked: ProjectEnvironments['marked']
): { environment: string; revision: number }[] {
  return marked.map(one => ({
    environment: one.environment ?? one.name,
    revision: one.revision
  }));
}

interface IForm {
  model: EnvironmentsModel;
  value: IWanted;
  set: (part: Partial<IWanted>) => void;
  trans: TranslationBundle;
}

function Form({ model, value, set, trans }: IForm): React.JSX.Element {
  return (
    <>
      <label htmlFor="jpr-project-environment">{trans.__('New workspaces begin with')}</label>
      <select
        id="jpr-project-environment"
        className="jpr-Select"
        value={value.environment}
        onChange={event => set({ environment: event.target.value })}
      >
        <option value="">{trans.__('None: what the server itself uses')}</option>
        {model.environments
          .filter(one => one.active !== null || one.id === value.environment)
          .map(one => (
            <option key={one.id} value={one.id}>
              {`${one.name} · r${one.active ?? one.newest}`}
            </option>
          ))}
      </select>
      <p className="jpr-Choices">
        {value.marked.length === 0
          ? trans.__('Its workspaces may use any revision. Mark one in its tab to restrict that.')
          : trans.__('Its workspaces may use these revisions only:')}
      </p>
      {value.marked.map(one => (
        <div key={`${one.name} ${one.revision}`} className="jpr-Check">
          <b>{`${printable(one.name)} r${one.revision}`}</b>
          <button
            type="button"
            className="jpr-Link"
            onClick={() => set({ marked: value.marked.filter(other => other !== one) })}
          >
            {trans.__('Take away')}
          </button>
        </div>
      ))}
    </>
  );
}
