/** In the dialog of a recreate: the software of then, that of now, or none. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Api, EnvironmentLabel, SoftwareComparison, Used } from '../api/client';
import { printable } from '../format/names';

/** Which software the new workspace uses. */
export type Software = 'then' | 'now' | 'none';

/** What this workspace uses, and how that differs from the software of the commit. */
export interface ISoftwareNow {
  readonly used: Used | null;
  readonly comparison: SoftwareComparison | null;
}

/** Asks what is in use here, and what differs from a commit. Whatever cannot be said is null. */
export async function softwareNow(
  api: Api,
  project: string,
  workspace: string,
  commit: string
): Promise<ISoftwareNow> {
  const [selection, comparison] = await Promise.all([
    api
      .call('get', '/workspaces/{workspace}/environment', { path: { workspace } })
      .catch(() => null),
    api
      .call('get', '/projects/{project}/software/compare', {
        path: { project },
        query: { a: commit, b: 'now', workspace }
      })
      .catch(() => null)
  ]);
  return { used: selection?.used ?? null, comparison };
}

interface IChoice {
  then: EnvironmentLabel | null;
  now: Promise<ISoftwareNow>;
  value: Software;
  trans: TranslationBundle;
  onChange: (value: Software) => void;
}

export function SoftwareChoice(props: IChoice): React.JSX.Element | null {
  const { then, value, trans } = props;
  const [now, setNow] = React.useState<ISoftwareNow | null>(null);
  React.useEffect(() => {
    let wanted = true;
    void props.now.then(found => wanted && setNow(found));
    return () => {
      wanted = false;
    };
  }, [props.now]);
  const used = now?.used ?? null;
  if (then === null && used === null) {
    return null;
  }
  const option = (
    name: Software,
    title: string,
    detail: string,
    caption?: string
  ): React.JSX.Element => (
    <label className="jpr-Check" title={caption}>
      <input
        type="radio"
        name="jpr-recreate-software"
        checked={value === name}
        onChange={() => props.onChange(name)}
      />
      <span>
        <b>{title}</b>
        {detail}
      </span>
    </label>
  );
  const changes = now?.comparison?.changes.length ?? null;
  const isSame = then !== null && used?.label === `${then.name} r${then.revision}`;
  return (
    <fieldset className="jpr-Choices">
      <legend>{trans.__('Environment')}</legend>
      {then !== null &&
        option(
          'then',
          `${printable(then.name)} r${then.revision}`,
          isSame ? trans.__(', as it was then and is now') : trans.__(', as it was then')
        )}
      {used !== null &&
        !isSame &&
        option(
          'now',
          printable(used.label),
          changes === null
            ? trans.__(', the current one')
            : trans._n(
                ', the current one: %1 package differs',
                ', the current one: %1 packages differ',
                changes
              ),
          now?.comparison?.summary
        )}
      {option('none', trans.__('None of them'), trans.__(': what the server itself uses'))}
    </fieldset>
  );
}
