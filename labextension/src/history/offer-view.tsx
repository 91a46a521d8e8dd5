/** Shown in a directory that is no workspace: what protecting it would mean, and one button. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Here } from '../api/client';
import { baseName } from '../format/names';
import { CommandIDs } from '../tokens';
import { historyIcon } from '../ui/icons';

interface IOffer {
  here: Here;
  trans: TranslationBundle;
  commands: CommandRegistry;
}

export function Offer({ here, trans, commands }: IOffer): React.JSX.Element {
  const proposed = baseName(here.directory) || here.directory;
  const [name, setName] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const protect = async (): Promise<void> => {
    setBusy(true);
    try {
      await commands.execute(CommandIDs.protect, { project: name.trim() });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="jpr-Offer">
      <historyIcon.react tag="span" className="jpr-Offer-icon" />
      <h2>{trans.__('Keep a history of this folder')}</h2>
      <p className="jpr-Offer-path" title={here.directory}>
        {here.directory}
      </p>
      {here.problem !== null && <p className="jpr-Notice">{here.problem}</p>}
      {here.can_protect ? (
        <form
          onSubmit={event => {
            event.preventDefault();
            void protect();
          }}
        >
          <p>
            {trans.__(
              'Protected, every checkpoint keeps all of its files: look into any of them later, compare, and put them back. The history is kept outside the folder; your files stay as they are.'
            )}
          </p>
          <label htmlFor="jpr-project">{trans.__('Project name')}</label>
          <input
            id="jpr-project"
            type="text"
            className="jpr-Input"
            value={name}
            maxLength={255}
            placeholder={proposed}
            onChange={event => setName(event.target.value)}
          />
          <button type="submit" className="jpr-Button jpr-mod-primary" disabled={busy}>
            {trans.__('Protect this folder')}
          </button>
        </form>
      ) : (
        here.problem === null && (
          <p>{trans.__('It cannot be protected: nothing can be written here.')}</p>
        )
      )}
    </div>
  );
}
