/** The server's settings for automatic checkpoints, in a dialog: they hold for the server and not for a browser. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Api, ServerSettings } from '../api/client';
import { Check, FormBody } from '../ui/form';

type Change = Partial<Omit<ServerSettings, 'locked'>>;

/** Asks the server, shows, and sends back what was changed. */
export async function editAutomatic(api: Api, trans: TranslationBundle): Promise<void> {
  const settings = await api.call('get', '/settings', {});
  const result = await showDialog<Change>({
    title: trans.__('Automatic checkpoints'),
    body: new FormBody<Change>({}, (change, set) => (
      <Form settings={settings} change={change} set={set} trans={trans} />
    )),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save') })
    ]
  });
  if (result.button.accept && result.value !== null && Object.keys(result.value).length > 0) {
    await api.call('put', '/settings', { body: result.value });
  }
}

interface IForm {
  settings: ServerSettings;
  change: Change;
  set(part: Change): void;
  trans: TranslationBundle;
}

function Form({ settings, change, set, trans }: IForm): React.JSX.Element {
  const now = { ...settings, ...change };
  const box = (
    name: 'auto_checkpoint' | 'checkpoint_at_stop' | 'recover_at_start' | 'checkpoint_on_save',
    label: string
  ): React.JSX.Element => {
    const locked = settings.locked.includes(name);
    return (
      <Check
        label={label}
        checked={now[name]}
        disabled={locked}
        title={locked ? trans.__('Set by the administrator') : undefined}
        onChange={checked => set({ [name]: checked })}
      />
    );
  };
  return (
    <>
      {box('auto_checkpoint', trans.__('Regularly, when something changed'))}
      <label className="jpr-Check jpr-Form-minutes">
        {trans.__('Minutes between two')}
        <input
          type="number"
          className="jpr-Input"
          min={1}
          max={1440}
          value={now.auto_checkpoint_minutes}
          disabled={!now.auto_checkpoint || settings.locked.includes('auto_checkpoint_minutes')}
          onChange={event => {
            const minutes = event.target.valueAsNumber;
            if (minutes >= 1 && minutes <= 1440) {
              set({ auto_checkpoint_minutes: Math.floor(minutes) });
            }
          }}
        />
      </label>
      {box('checkpoint_at_stop', trans.__('When the server stops'))}
      {box('recover_at_start', trans.__('When it starts, of what the last session left'))}
      {box('checkpoint_on_save', trans.__('Whenever a notebook is saved'))}
      <p className="jpr-mod-dim">
        {trans.__(
          'Automatic checkpoints are quiet in the list, and older ones are hidden. Nothing is deleted.'
        )}
      </p>
    </>
  );
}
