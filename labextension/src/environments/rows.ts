/** The list of environments as rows: grouped by what they are to the user, narrowed by words. No DOM. */
import type { Discovered, Environment, Used } from '../api/client';
import type { ITreeRow } from '../ui/rows';

const GROUPS = ['used', 'mine', 'shared', 'found', 'archived'] as const;
export type Group = (typeof GROUPS)[number];

export interface IGroupRow extends ITreeRow {
  readonly kind: 'group';
  readonly group: Group;
  readonly count: number;
}

export interface IEnvironmentRow extends ITreeRow {
  readonly kind: 'environment';
  readonly environment: Environment;
  /** The revision that the workspace here uses; null when it uses another environment. */
  readonly used: number | null;
}

export interface IFoundRow extends ITreeRow {
  readonly kind: 'found';
  readonly found: Discovered;
}

export type EnvironmentsRow = IGroupRow | IEnvironmentRow | IFoundRow;

/** All that the list shows. */
export interface IListed {
  readonly environments: readonly Environment[];
  readonly found: readonly Discovered[];
  /** What the workspace uses. */
  readonly used: Pick<Used, 'environment' | 'name' | 'revision'> | null;
}

const GROUP = 32;
const ENTRY = 46;

/** Rows in their order: used here, one's own, others', files of the workspace, and what was put away. */
export function rowsOf(listed: IListed, filter: string): EnvironmentsRow[] {
  const { used } = listed;
  const groups = new Map<Group, (IEnvironmentRow | IFoundRow)[]>();
  const put = (group: Group, row: IEnvironmentRow | IFoundRow): void => {
    groups.set(group, [...(groups.get(group) ?? []), row]);
  };
  for (const environment of listed.environments) {
    if (matches(environment, filter)) {
      const revision = used !== null && isUsed(used, environment) ? used.revision : null;
      put(groupOf(environment, revision !== null), {
        kind: 'environment',
        key: `e-${environment.id}`,
        height: ENTRY,
        environment,
        used: revision
      });
    }
  }
  for (const found of listed.found) {
    if (fits(`${found.path} ${found.engine}`, filter)) {
      put('found', { kind: 'found', key: `f-${found.path}`, height: ENTRY, found });
    }
  }
  return GROUPS.flatMap(group => {
    const rows = groups.get(group) ?? [];
    const head: IGroupRow = {
      kind: 'group',
      key: `g-${group}`,
      height: GROUP,
      group,
      count: rows.length
    };
    return rows.length === 0 ? [] : [head, ...rows];
  });
}

/** Whether what a workspace uses is of an environment. What came back with a commit is known by its name alone. */
export function isUsed(
  used: Pick<Used, 'environment' | 'name'> | null,
  environment: Pick<Environment, 'id' | 'name'>
): boolean {
  if (used === null) {
    return false;
  }
  return used.environment === null
    ? used.name === environment.name
    : used.environment === environment.id;
}

function groupOf(environment: Environment, used: boolean): Group {
  if (used) {
    return 'used';
  }
  if (environment.archived !== null) {
    return 'archived';
  }
  return environment.mine ? 'mine' : 'shared';
}

/** Whether every word of the filter is somewhere in what the row says. */
export function matches(environment: Environment, filter: string): boolean {
  const { name, description, owner, engine, build } = environment;
  return fits(`${name} ${description} ${owner} ${engine} ${build?.state ?? ''}`, filter);
}

/** Whether a text has every word of a filter. */
export function fits(said: string, filter: string): boolean {
  const lower = said.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every(word => lower.includes(word));
}
