/** The next revision while it is being written. */
import * as React from 'react';

import { messageOf } from '../api/client';
import { DefinitionForm } from './definition-form';
import { definitionOf, draftOf } from './draft';
import type { IEnvironmentProps } from './view';

export function EditTab(props: IEnvironmentProps): React.JSX.Element {
  const { model, trans, actions, editors } = props;
  const { draft, newest, environment } = model;
  const [message, setMessage] = React.useState('');
  const [problem, setProblem] = React.useState<string | null>(null);
  const [saving, setSaving] = React.useState(false);
  if (draft === null || newest === null || environment === null) {
    return <p className="jpr-Empty">{trans.__('Reading…')}</p>;
  }
  const save = async (): Promise<void> => {
    setSaving(true);
    setProblem(null);
    try {
      const number = await actions.save(
        model.id,
        definitionOf(draft),
        message.trim(),
        environment.newest
      );
      setMessage('');
      await model.saved(number);
    } catch (error) {
      setProblem(messageOf(error));
    }
    setSaving(false);
  };
  return (
    <form
      className="jpr-Edit"
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
    >
      <DefinitionForm
        draft={draft}
        set={part => {
          model.draft = { ...(model.draft ?? draft), ...part };
        }}
        trans={trans}
        editors={editors}
      />
      {problem !== null && (
        <p className="jpr-Notice" role="alert">
          {problem}
        </p>
      )}
      <div className="jpr-Edit-foot">
        <input
          type="text"
          className="jpr-Input"
          value={message}
          maxLength={1000}
          placeholder={trans.__('What changes, and why? (optional)')}
          aria-label={trans.__('Message of the revision')}
          onChange={event => setMessage(event.target.value)}
        />
        <button
          type="button"
          className="jpr-Button"
          disabled={!model.isDirty}
          onClick={() => {
            model.draft = draftOf(newest);
          }}
        >
          {trans.__('Discard')}
        </button>
        <button
          type="submit"
          className="jpr-Button jpr-mod-primary"
          disabled={!model.isDirty || saving}
        >
          {trans.__('Save and build r%1', environment.newest + 1)}
        </button>
      </div>
    </form>
  );
}
