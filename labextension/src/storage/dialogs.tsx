/** Dialogs about what the history holds: data from outside, what takes the space, and removal for ever. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { PurgePlan, StorageUse } from '../api/client';
import { follow } from '../api/tasks';
import { formatBytes } from '../format/size';
import { printable } from '../format/names';
import type { TimeFormat } from '../format/time';
import type { IWorkspaceModel } from '../tokens';
import { Check, Field, FormBody } from '../ui/form';

const BRIEF = 6000;

interface IContext {
  workspace: IWorkspaceModel;
  trans: TranslationBundle;
}

/** Data from a URL or another path, into the workspace with its origin recorded. */
export async function track({ workspace, trans }: IContext): Promise<void> {
  const { state, api } = workspace;
  const result = await showDialog({
    title: trans.__('Bring in external data'),
    body: new FormBody({ source: '', destination: 'data/' }, (value, set) => (
      <>
        <p>
          {trans.__(
            'It is copied into the workspace and kept with a checkpoint that says where it came from.'
          )}
        </p>
        <Field
          id="jpr-source"
          label={trans.__('From')}
          placeholder="https://… s3://… /data/…"
          value={value.source}
          onChange={source => set({ source })}
        />
        <Field
          id="jpr-destination"
          label={trans.__('To, in the workspace')}
          value={value.destination}
          onChange={destination => set({ destination })}
        />
      </>
    )),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Bring in') })
    ],
    focusNodeSelector: '#jpr-source'
  });
  const value = result.value;
  if (!result.button.accept || state === null || value === null || value.source.trim() === '') {
    return;
  }
  const task = await api.call('post', '/workspaces/{workspace}/track', {
    path: { workspace: state.workspace.id },
    body: { source: value.source.trim(), destination: value.destination.trim() }
  });
  const done = await follow(api, task, 'track', now => workspace.track(now));
  Notification.success(
    trans._n(
      '%1 file (%2) is in the workspace, from %3.',
      '%1 files (%2) are in the workspace, from %3.',
      done.paths.length,
      formatBytes(done.bytes),
      done.origin
    ),
    { autoClose: BRIEF }
  );
}

/** What the store takes, and which paths take most of it. */
export async function showStorage(
  { workspace, trans }: IContext,
  time: TimeFormat,
  purgeOne: (path: string) => void
): Promise<void> {
  const project = workspace.state?.project.id ?? 'current';
  const use = await workspace.api.call('get', '/projects/{project}/storage', {
    path: { project }
  });
  const dialog = new Dialog({
    title: trans.__('What takes the space'),
    body: ReactWidget.create(
      <Storage
        use={use}
        trans={trans}
        time={time}
        onPurge={path => {
          dialog.resolve(0);
          purgeOne(path);
        }}
      />
    ),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
  await dialog.launch();
}

interface IStorage {
  use: StorageUse;
  trans: TranslationBundle;
  time: TimeFormat;
  onPurge(path: string): void;
}

function Storage({ use, trans, time, onPurge }: IStorage): React.JSX.Element {
  return (
    <div className="jpr-Form jpr-Storage">
      <p>
        {trans.__(
          'All versions as copies would take %1; the store takes %2, in %3 packs.',
          formatBytes(use.logical_bytes),
          formatBytes(use.stored_bytes),
          use.packs
        )}
      </p>
      <div className="jpr-Storage-list" tabIndex={0} role="region" aria-label={trans.__('Largest')}>
        <table>
          <thead>
            <tr>
              <th>{trans.__('Path')}</th>
              <th>{trans.__('In the store')}</th>
              <th>{trans.__('Versions')}</th>
              <th>{trans.__('Since')}</th>
              <th aria-label={trans.__('Actions')} />
            </tr>
          </thead>
          <tbody>
            {use.largest.map(one => (
              <tr key={one.path}>
                <td>{printable(one.path)}</td>
                <td title={trans.__('%1 as copies', formatBytes(one.logical_bytes))}>
                  {formatBytes(one.stored_bytes)}
                </td>
                <td>{one.versions}</td>
                <td title={time.exact(one.since_time)}>{time.day(one.since_time)}</td>
                <td>
                  <button type="button" className="jpr-Link" onClick={() => onPurge(one.path)}>
                    {trans.__('Purge…')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The one thing without an undo: says what it takes, and wants the path typed once more. */
export async function purge({ workspace, trans }: IContext, path: string): Promise<void> {
  const project = workspace.state?.project.id ?? 'current';
  const { api } = workspace;
  const plan = await api.call('get', '/projects/{project}/purge', {
    path: { project },
    query: { path }
  });
  const result = await showDialog({
    title: trans.__('Remove it from all history, for ever?'),
    body: new FormBody({ reason: '', confirm: '', everywhere: false }, (value, set) => (
      <>
        <Plan plan={plan} trans={trans} />
        {plan.same.length > 0 && (
          <Check
            label={trans._n(
              'Also %1 other path with the same content',
              'Also %1 other paths with the same content',
              plan.same.length
            )}
            title={plan.same.slice(0, 20).map(printable).join('\n')}
            checked={value.everywhere}
            onChange={everywhere => set({ everywhere })}
          />
        )}
        <Field
          id="jpr-reason"
          label={trans.__('Why, for the audit')}
          value={value.reason}
          maxLength={1000}
          onChange={reason => set({ reason })}
        />
        <Field
          id="jpr-confirm"
          label={trans.__('The path once more, to be sure')}
          placeholder={printable(path)}
          value={value.confirm}
          onChange={confirm => set({ confirm })}
        />
      </>
    )),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Purge') })
    ],
    defaultButton: 0,
    focusNodeSelector: '#jpr-reason'
  });
  const value = result.value;
  if (!result.button.accept || value === null) {
    return;
  }
  const task = await api.call('post', '/projects/{project}/purge', {
    path: { project },
    body: {
      path,
      reason: value.reason.trim(),
      confirm: value.confirm,
      everywhere: value.everywhere
    }
  });
  const done = await follow(api, task, 'purge', now => workspace.track(now));
  const notes = [trans.__('%1 is purged from all history.', printable(path)), ...done.warnings];
  Notification.warning(notes.join('\n'), { autoClose: false });
}

function Plan({ plan, trans }: { plan: PurgePlan; trans: TranslationBundle }): React.JSX.Element {
  return (
    <div className="jpr-Notice">
      <p>
        <b>{printable(plan.path)}</b>:{' '}
        {trans._n(
          '%1 version (%2) will be gone.',
          '%1 versions (%2) will be gone.',
          plan.files,
          formatBytes(plan.bytes)
        )}{' '}
        {trans._n(
          '%1 checkpoint loses it and stays otherwise whole.',
          '%1 checkpoints lose it and stay otherwise whole.',
          plan.commits
        )}{' '}
        {trans.__('There is no undo. The copy in your workspace stays.')}
      </p>
      {plan.remains.length > 0 && (
        <p title={plan.remains.slice(0, 20).map(printable).join('\n')}>
          {trans._n(
            '%1 other path keeps a part of the same content.',
            '%1 other paths keep a part of the same content.',
            plan.remains_total
          )}
        </p>
      )}
    </div>
  );
}
