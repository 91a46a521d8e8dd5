/** The form of "Recreate workspace from here": proposes everything, and says what will happen. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RecreatePlan } from '../api/client';
import { SoftwareChoice, type ISoftwareNow, type Software } from '../environments/recreate-choice';
import { formatBytes } from '../format/size';
import { printable, shortId } from '../format/names';
import type { TimeFormat } from '../format/time';
import { Field, FormBody } from '../ui/form';
import { quoted } from './words';

/** What the user settled on. */
export interface IChosen {
  readonly branch: string;
  readonly directory: string;
  readonly software: Software;
}

interface IRecreateForm {
  plan: RecreatePlan;
  chosen: IChosen;
  /** What this workspace uses, for those who would rather have that. */
  now: Promise<ISoftwareNow>;
  /** Why the last try was refused. */
  problem: string | null;
  trans: TranslationBundle;
  time: TimeFormat;
}

/** The body of the dialog; its value is what was settled on. */
export function recreateForm(props: IRecreateForm): FormBody<IChosen> {
  return new FormBody(props.chosen, (chosen, set) => <Form {...props} chosen={chosen} set={set} />);
}

function Form(props: IRecreateForm & { set: (part: Partial<IChosen>) => void }): React.JSX.Element {
  const { plan, chosen, set, problem, trans, time } = props;
  const { commit } = plan;
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
      <Field
        id="jpr-branch"
        label={trans.__('New branch')}
        value={chosen.branch}
        maxLength={255}
        onChange={branch => set({ branch })}
      />
      <Field
        id="jpr-directory"
        label={trans.__('Directory')}
        value={chosen.directory}
        onChange={directory => set({ directory })}
      />
      <SoftwareChoice
        then={plan.environment}
        now={props.now}
        value={chosen.software}
        trans={trans}
        onChange={software => set({ software })}
      />
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
