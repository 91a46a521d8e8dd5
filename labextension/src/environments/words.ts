/** What engines, states and changes are called. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Build, Environment, PackageChange } from '../api/client';
import { printable } from '../format/names';
import type { Group } from './rows';

export function stateWord(state: Build['state'], trans: TranslationBundle): string {
  const words: Readonly<Record<Build['state'], string>> = {
    queued: trans.__('waiting…'),
    building: trans.__('building…'),
    ready: trans.__('ready'),
    failed: trans.__('failed'),
    cancelled: trans.__('cancelled')
  };
  return words[state];
}

export function changeName(change: PackageChange['change'], trans: TranslationBundle): string {
  const words: Readonly<Record<PackageChange['change'], string>> = {
    added: trans.__('added'),
    removed: trans.__('removed'),
    upgraded: trans.__('upgraded'),
    downgraded: trans.__('downgraded'),
    changed: trans.__('changed')
  };
  return words[change];
}

export function groupName(group: Group, trans: TranslationBundle): string {
  const words: Readonly<Record<Group, string>> = {
    used: trans.__('Used here'),
    mine: trans.__('Mine'),
    shared: trans.__('Shared with me'),
    found: trans.__('Found in this workspace'),
    archived: trans.__('Archived')
  };
  return words[group];
}

/** The groups that snapshots put packages into, as people call them; a new one by its own name. */
export function ecosystemName(ecosystem: string, trans: TranslationBundle): string {
  const words: Readonly<Record<string, string>> = {
    runtime: trans.__('Interpreters'),
    python: trans.__('Python packages'),
    conda: trans.__('Conda packages'),
    debian: trans.__('Debian packages'),
    r: trans.__('R packages'),
    julia: trans.__('Julia packages'),
    os: trans.__('Operating system'),
    variable: trans.__('Environment variables')
  };
  return words[ecosystem] ?? ecosystem;
}

/** Who else may use it. */
export function sharingWords(environment: Environment, trans: TranslationBundle): string {
  const { visibility, users, groups } = environment.sharing;
  switch (visibility) {
    case 'everyone':
      return trans.__('shared with everyone');
    case 'shared': {
      const names = [...users, ...groups];
      return names.length > 0 && names.length <= 2
        ? trans.__('shared with %1', names.map(printable).join(', '))
        : trans._n('shared with %1', 'shared with %1 users and groups', names.length);
    }
    default:
      return trans.__('private');
  }
}

/** What an engine is, in a few words for those who choose one. */
export function engineWords(engine: string, trans: TranslationBundle): string {
  const words: Readonly<Record<string, string>> = {
    uv: trans.__('Python packages, in seconds'),
    conda: trans.__('conda packages, of any language'),
    docker: trans.__('a container image from a Dockerfile'),
    host: trans.__('an interpreter that is there: described, never built')
  };
  return words[engine] ?? '';
}

/** How long a build took: `4.1 s`, `2 min 5 s`. */
export function lasted(build: Build): string {
  if (build.ended === null) {
    return '';
  }
  const from = Date.parse(build.started ?? build.queued);
  const seconds = Math.max(0, (Date.parse(build.ended) - from) / 1000);
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
