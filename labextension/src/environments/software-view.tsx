/** What was installed when, and what differs: checkpoints, revisions, now. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Commit, SoftwareComparison } from '../api/client';
import { nameOf, printable, shortId } from '../format/names';
import type { TimeFormat } from '../format/time';
import { titleOf } from '../history/words';
import { Failed } from '../ui/failed';
import { useSignal } from '../ui/hooks';
import { compareIcon, environmentIcon } from '../ui/icons';
import { IconButton } from '../ui/widgets';
import { Changes, Packages } from './packages-view';
import type { SoftwareModel } from './software-model';

export interface ISoftwareProps {
  model: SoftwareModel;
  trans: TranslationBundle;
  time: TimeFormat;
}

/** The tab of what is installed, and of comparisons. */
export class SoftwareWidget extends ReactWidget {
  constructor(private readonly _props: ISoftwareProps) {
    super();
    this.addClass('jpr-Env');
    this.title.closable = true;
    this.title.icon = environmentIcon;
    this._props.model.changed.connect(this._name, this);
    this._name();
  }

  get model(): SoftwareModel {
    return this._props.model;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return <SoftwareView {...this._props} />;
  }

  private _name(): void {
    const { trans, model } = this._props;
    const { a, b } = model.moments;
    const name = (moment: string): string =>
      moment === 'now' ? trans.__('now') : momentName(moment, model.commits);
    this.title.label =
      b === null
        ? trans.__('Software, %1', name(a))
        : trans.__('Software %1 … %2', name(a), name(b));
  }
}

function momentName(moment: string, commits: readonly Commit[]): string {
  const commit = commits.find(one => one.id === moment);
  if (commit !== undefined) {
    return nameOf(commit);
  }
  return /^[0-9a-f]{64}$/.test(moment) ? shortId(moment) : moment.replace(/^revision:/, '');
}

export function SoftwareView(props: ISoftwareProps): React.JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const { software, comparison, problem, moments } = model;
  const sides = <Sides {...props} />;
  if (problem !== null) {
    return (
      <div className="jpr-Packages">
        <div className="jpr-Tools">{sides}</div>
        <Failed message={problem} trans={trans} again={() => void model.load()} />
      </div>
    );
  }
  if (software !== null) {
    return (
      <>
        <Packages packages={software.packages} trans={trans}>
          {sides}
          {software.label !== null && (
            <span className="jpr-Badge jpr-mod-accent">{printable(software.label)}</span>
          )}
        </Packages>
        <Facts
          title={trans.__('Machine')}
          rows={software.host.map(({ what, name, value }) => [what, name, value])}
        />
      </>
    );
  }
  if (comparison !== null) {
    return (
      <>
        <Changes
          key={`${moments.a} ${moments.b ?? ''}`}
          changes={comparison.changes}
          titles={[sideTitle(comparison.a, trans), sideTitle(comparison.b, trans)]}
          trans={trans}
        >
          {sides}
        </Changes>
        <Facts
          title={trans.__('What differs of the machine')}
          rows={comparison.host.map(one => [
            one.what,
            one.name,
            `${one.old || '–'} → ${one.new || '–'}`
          ])}
        />
      </>
    );
  }
  return (
    <div className="jpr-Packages">
      <div className="jpr-Tools">{sides}</div>
      <p className="jpr-Empty" role="status">
        {trans.__('Reading…')}
      </p>
    </div>
  );
}

function sideTitle(side: SoftwareComparison['a'], trans: TranslationBundle): string {
  const words = [printable(side.title), ...(side.label === null ? [] : [printable(side.label)])];
  return `${words.join(' · ')} (${trans._n('%1 package', '%1 packages', side.packages)})`;
}

function Facts(props: { title: string; rows: string[][] }): React.JSX.Element | null {
  if (props.rows.length === 0) {
    return null;
  }
  return (
    <section className="jpr-Lines" aria-label={props.title}>
      <h2>{props.title}</h2>
      <dl className="jpr-Facts">
        {props.rows.map(([what, name, value]) => (
          <React.Fragment key={`${what} ${name}`}>
            <dt>
              {what}
              {name !== '' && name !== what && ` ${name}`}
            </dt>
            <dd>{printable(value ?? '')}</dd>
          </React.Fragment>
        ))}
      </dl>
    </section>
  );
}

/** Two moments to choose, or one. */
function Sides({ model, trans, time }: ISoftwareProps): React.JSX.Element {
  const { a, b } = model.moments;
  const side = (
    label: string,
    value: string,
    onChange: (value: string) => void
  ): React.JSX.Element => (
    <label className="jpr-Choose">
      <span>{label}</span>
      <select className="jpr-Select" value={value} onChange={event => onChange(event.target.value)}>
        <option value="now">{trans.__('Now')}</option>
        {!isListed(value, model.commits) && (
          <option value={value}>{momentName(value, model.commits)}</option>
        )}
        {model.commits.map(commit => (
          <option key={commit.id} value={commit.id}>
            {`${titleOf(commit, trans).slice(0, 40)}, ${time.moment(commit.time)} · ${nameOf(commit)}`}
          </option>
        ))}
      </select>
    </label>
  );
  if (b === null) {
    return (
      <>
        {side(trans.__('Installed'), a, value => void model.choose(value, null))}
        <button
          type="button"
          className="jpr-Button"
          onClick={() => void model.choose(a === 'now' ? '@' : a, 'now')}
        >
          {a === 'now'
            ? trans.__('Compare with the newest checkpoint')
            : trans.__('Compare with now')}
        </button>
      </>
    );
  }
  return (
    <>
      {side(trans.__('From'), a, value => void model.choose(value, b))}
      <IconButton
        icon={compareIcon}
        label={trans.__('Swap the sides')}
        onClick={() => void model.choose(b, a)}
      />
      {side(trans.__('To'), b, value => void model.choose(a, value))}
    </>
  );
}

function isListed(moment: string, commits: readonly Commit[]): boolean {
  return moment === 'now' || commits.some(one => one.id === moment);
}
