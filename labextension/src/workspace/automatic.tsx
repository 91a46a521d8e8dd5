/** The server's settings for automatic checkpoints, in a dialog: they hold for the server and not for a browser. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Api, ServerSettings } from '../api/client';

type Change = Partial<Omit<ServerSettings, 'locked'>>;

/** Asks the server, shows, and sends back what was changed. */
export async function editAutomatic(api: Api, trans: TranslationBundle): Promise<void> {
  const settings = await api.call('get', '/settings', {});
  const result = await showDialog<Change>({
    title: trans.__('Automatic checkpoints'),
    body: new AutomaticForm(settings, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save') })
    ]
  });
  if (result.button.accept && result.value !== null && Object.keys(result.value).length > 0) {
    await api.call('put', '/settings', { body: result.value });
  }
}

class AutomaticForm extends ReactWidget {
  constructor(
    private readonly _settings: ServerSettings,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jpr-Automatic');
  }

  getValue(): Change {
    return this._change;
  }

  protected render(): React.JSX.Element {
    return (
      <Form
        settings={this._settings}
        trans={this._trans}
        onChange={change => {
          this._change = change;
        }}
      />
    );
  }

  private _change: Change = {};
}

interface IForm {
  settings: ServerSettings;
  trans: TranslationBundle;
  onChange(change: Change): void;
}

function Form({ settings, trans, onChange }: IForm): React.JSX.Element {
  const [change, setChange] = React.useState<Change>({});
  const now = { ...settings, ...change };
  const set = (part: Change): void => {
    const next = { ...change, ...part };
    setChange(next);
    onChange(next);
  };
  const box = (
    name: 'auto_checkpoint' | 'checkpoint_at_stop' | 'recover_at_start' | 'checkpoint_on_save',
    label: string
  ): React.JSX.Element => {
    const locked = settings.locked.includes(name);
    return (
      <label title={locked ? trans.__('Set by the administrator') : undefined}>
        <input
          type="checkbox"
          checked={now[name]}
          disabled={locked}
          onChange={event => set({ [name]: event.target.checked })}
        />
        {label}
      </label>
    );
  };
  return (
    <>
      {box('auto_checkpoint', trans.__('Regularly, when something changed'))}
      <label className="jpr-Automatic-minutes">
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
