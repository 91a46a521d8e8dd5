/** The menu behind the environment chip of the history sidebar. No DOM. */
import type { Environment } from '../api/client';
import type { IMenuItem } from '../ui/menu';
import { EnvironmentCommands as ids } from './ids';
import type { EnvironmentsModel } from './model';

/** Environments in the menu; the rest is found in the dialog. */
const MOST = 12;

/** Those that can be chosen: the one in use first, then one's own, the default, and others'. */
export function candidates(
  environments: readonly Environment[],
  used: string | null
): Environment[] {
  const rank = (one: Environment): number =>
    one.id === used ? 0 : one.default ? 1 : one.mine ? 2 : 3;
  return environments
    .filter(one => one.active !== null && one.archived === null)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, MOST);
}

export function chipMenu(model: EnvironmentsModel): (IMenuItem | null)[] {
  const used = model.selection?.used ?? null;
  const found = model.found.filter(one => one.definition !== null);
  return [
    ...candidates(model.environments, used?.environment ?? null).map(({ id }) => ({
      command: ids.use,
      args: { environment: id, toggles: true }
    })),
    { command: ids.stopUsing },
    null,
    { command: ids.use },
    ...(typeof used?.environment === 'string'
      ? [{ command: ids.open, args: { environment: used.environment } }]
      : []),
    { command: ids.software },
    { command: ids.compare, args: { a: '@' } },
    null,
    ...found.slice(0, 3).map(({ path }) => ({ command: ids.create, args: { path } })),
    { command: ids.create },
    { command: ids.project },
    { command: ids.show }
  ];
}
