/** Packages of one revision's lock. */
import * as React from 'react';

import { Packages } from './packages-view';
import { RevisionSelect } from './revision-select';
import type { IEnvironmentProps } from './view';

export function PackagesTab({ model, trans }: IEnvironmentProps): React.JSX.Element {
  const { detail, selected } = model;
  const choose = (
    <RevisionSelect
      label={trans.__('Revision')}
      model={model}
      value={selected}
      trans={trans}
      onChange={number => void model.select(number)}
    />
  );
  if (detail === null) {
    return (
      <div className="jpr-Packages">
        <div className="jpr-Tools">{choose}</div>
        <p className="jpr-Empty">{model.problem === null && trans.__('Reading…')}</p>
      </div>
    );
  }
  if (detail.packages === null) {
    return (
      <div className="jpr-Packages">
        <div className="jpr-Tools">{choose}</div>
        <p className="jpr-Empty" role="status">
          {trans.__('r%1 has no build that worked, so its packages are not known.', selected ?? 0)}
        </p>
      </div>
    );
  }
  return (
    <Packages packages={detail.packages} trans={trans}>
      {choose}
    </Packages>
  );
}
