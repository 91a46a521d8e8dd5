/** The form of "Recreate workspace from here": proposes everything, and says what will happen. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RecreatePlan } from '../api/client';
import { formatBytes } from '../format/size';
import { printable, shortId } from '../format/names';
import type { TimeFormat } from '../format/time';
import { quoted } from './words';

/** What the user settled on. */
export interface IChosen {
  readonly branch: string;
  readonly directory: string;
}

interface IRecreateForm {
  plan: RecreatePlan;
  chosen: IChosen;
  /** Why the last try was refused. */
  problem: string | null;
  trans: TranslationBundle;
  time: TimeFormat;
}

export class RecreateForm extends ReactWidget {
  constructor(private readonly _props: IRecreateForm) {
    super();
    this.addClass('jpr-Recreate');
    this._chosen = _props.chosen;
  }

  getValue(): IChosen {
    return this._chosen;
  }

  protected render(): React.JSX.Element {
    return <Form {...this._props} onChange={chosen => (this._chosen = chosen)} />;
  }

  private _chosen: IChosen;
}

function Form(props: IRecreateForm & { onChange: (chosen: IChosen) => void }): React.JSX.Element {
  const { plan, problem, trans, time } = props;
  const { commit } = plan;
  const [chosen, setChosen] = React.useState(props.chosen);
  const change = (part: Partial<IChosen>): void => {
    const now = { ...chosen, ...part };
    setChosen(now);
    props.onChange(now);
  };
  const tight = plan.free_bytes !== null && plan.bytes > plan.free_bytes;
  return (
    <>
      <p className="jpr-Recreate-commit">
        {quoted(commit, trans)}
        {commit.tags.map(tag => (
          <span key={tag} className="jpr-Badge jpr-mod-tag">
            {printable(tag)}
          </span>
        ))}
        <span className="jpr-mod-dim">
          {time.moment(commit.time)} · {commit.mine ? trans.__('you') : printable(commit.author)} ·{' '}
          {shortId(commit.id)}
        </span>
      </p>
      {problem !== null && (
        <p className="jpr-Notice" role="alert">
          {problem}
        </p>
      )}
      <label htmlFor="jpr-branch">{trans.__('New branch')}</label>
      <input
        id="jpr-branch"
        type="text"
        className="jpr-Input"
        value={chosen.branch}
        maxLength={255}
        onChange={event => change({ branch: event.target.value })}
      />
      <label htmlFor="jpr-directory">{trans.__('Directory')}</label>
      <input
        id="jpr-directory"
        type="text"
        className="jpr-Input"
        value={chosen.directory}
        maxLength={4096}
        onChange={event => change({ directory: event.target.value })}
      />
      {plan.environment !== null && (
        <p>
          {trans.__('Environment')}: <b>{plan.environment.name}</b> r{plan.environment.revision}
        </p>
      )}
      <p className={`jpr-Recreate-what${tight ? ' jpr-mod-warn' : ''}`}>
        {trans._n(
          '%1 file (%2) will be written to a new directory on a new branch.',
          '%1 files (%2) will be written to a new directory on a new branch.',
          plan.files,
          formatBytes(plan.bytes)
        )}{' '}
        {trans.__('Your present workspace stays as it is.')}
        {tight && plan.free_bytes !== null && (
          <>
            {' '}
            <b>{trans.__('Only %1 are free there.', formatBytes(plan.free_bytes))}</b>
          </>
        )}
      </p>
    </>
  );
}
