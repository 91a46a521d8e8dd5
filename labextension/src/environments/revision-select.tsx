/** Choosing one revision of those that are known. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { EnvironmentModel } from './environment-model';

interface IRevisionSelect {
  label: string;
  model: EnvironmentModel;
  value: number | null;
  trans: TranslationBundle;
  onChange: (number: number) => void;
}

export function RevisionSelect(props: IRevisionSelect): React.JSX.Element {
  const { label, model, value, trans } = props;
  return (
    <label className="jpr-Choose">
      <span>{label}</span>
      <select
        className="jpr-Select"
        value={value ?? ''}
        onChange={event => props.onChange(Number(event.target.value))}
      >
        {model.revisions.map(({ number, active, ready, message }) => (
          <option key={number} value={number}>
            {[
              `r${number}`,
              ...(active ? [trans.__('active')] : []),
              ...(ready ? [] : [trans.__('not built')]),
              ...(message === '' ? [] : [message.slice(0, 40)])
            ].join(' · ')}
          </option>
        ))}
      </select>
    </label>
  );
}
