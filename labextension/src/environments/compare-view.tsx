/** Any two revisions against each other: definition and packages. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RevisionComparison } from '../api/client';
import { compareIcon } from '../ui/icons';
import { IconButton } from '../ui/widgets';
import { Changes } from './packages-view';
import { RevisionSelect } from './revision-select';
import type { IEnvironmentProps } from './view';

export function CompareTab({ model, trans }: IEnvironmentProps): React.JSX.Element {
  const { pair, comparison } = model;
  const a = pair === null ? null : pair[0];
  const b = pair === null ? null : pair[1];
  const sides = (
    <>
      <RevisionSelect
        label={trans.__('From')}
        model={model}
        value={a}
        trans={trans}
        onChange={number => void model.compare(number, b ?? number)}
      />
      <IconButton
        icon={compareIcon}
        label={trans.__('Swap the sides')}
        disabled={a === null || b === null}
        onClick={() => a !== null && b !== null && void model.compare(b, a)}
      />
      <RevisionSelect
        label={trans.__('To')}
        model={model}
        value={b}
        trans={trans}
        onChange={number => void model.compare(a ?? number, number)}
      />
    </>
  );
  if (comparison === null) {
    return (
      <div className="jpr-Packages">
        <div className="jpr-Tools">{sides}</div>
        <p className="jpr-Empty">{model.problem === null && trans.__('Comparing…')}</p>
      </div>
    );
  }
  return (
    <div className="jpr-Env-compare">
      {comparison.locked ? (
        <Changes
          changes={comparison.packages}
          titles={[`r${comparison.a}`, `r${comparison.b}`]}
          trans={trans}
        >
          {sides}
        </Changes>
      ) : (
        <div className="jpr-Packages">
          <div className="jpr-Tools">{sides}</div>
          <p className="jpr-Empty" role="status">
            {trans.__(
              'One of the two has no build that worked: only their definitions can be compared.'
            )}
          </p>
        </div>
      )}
      <DefinitionLines comparison={comparison} trans={trans} />
    </div>
  );
}

/** Lines of the definition that came and went. */
export function DefinitionLines(props: {
  comparison: RevisionComparison;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { comparison, trans } = props;
  if (comparison.lines.length === 0) {
    return null;
  }
  const parts = [...new Set(comparison.lines.map(line => line.part))];
  return (
    <section className="jpr-Lines" aria-label={trans.__('Definition')}>
      <h2>{trans.__('Definition')}</h2>
      {parts.map(part => (
        <div key={part} className="jpr-Lines-part">
          <small>{part}</small>
          {comparison.lines
            .filter(line => line.part === part)
            .map((line, at) => (
              <div
                key={at}
                className={line.change === 'added' ? 'jpr-mod-added' : 'jpr-mod-deleted'}
              >
                <span
                  aria-label={line.change === 'added' ? trans.__('added') : trans.__('removed')}
                >
                  {line.change === 'added' ? '+' : '−'}
                </span>{' '}
                {line.text}
              </div>
            ))}
        </div>
      ))}
    </section>
  );
}
