/** Packages, and what became of them between two moments: filtered, and grouped by ecosystem. No DOM. */
import type { PackageChange } from '../api/client';
import type { ITreeRow } from '../ui/rows';
import { fits } from './rows';

/** A package of a lock or of a snapshot. */
export interface IPackage {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly origin?: string;
}

export type ChangeOf = PackageChange['change'];

export interface IEcosystemRow extends ITreeRow {
  readonly kind: 'ecosystem';
  readonly ecosystem: string;
  readonly count: number;
}

export interface IChangeRow extends ITreeRow {
  readonly kind: 'change';
  readonly change: PackageChange;
}

export interface IPackageRow extends ITreeRow {
  readonly kind: 'package';
  readonly package: IPackage;
}

export type ChangesRow = IEcosystemRow | IChangeRow;
export type PackagesRow = IEcosystemRow | IPackageRow;

const HEAD = 30;
const LINE = 27;

/** What is shown of a comparison. */
export interface IChangesFilter {
  readonly text: string;
  /** Empty: all kinds. */
  readonly kinds: readonly ChangeOf[];
}

/** How many of each kind there are. */
export function countKinds(changes: readonly PackageChange[]): Record<ChangeOf, number> {
  const counts: Record<ChangeOf, number> = {
    added: 0,
    removed: 0,
    upgraded: 0,
    downgraded: 0,
    changed: 0
  };
  for (const { change } of changes) {
    counts[change] += 1;
  }
  return counts;
}

/** Rows of a comparison, under their ecosystems in the order in which these come. */
export function changeRows(
  changes: readonly PackageChange[],
  filter: IChangesFilter
): ChangesRow[] {
  const kept = changes.filter(
    one =>
      (filter.kinds.length === 0 || filter.kinds.includes(one.change)) &&
      fits(`${one.name} ${one.ecosystem} ${one.old} ${one.new}`, filter.text)
  );
  return grouped(kept, (change, at) => ({
    kind: 'change' as const,
    key: `c-${change.ecosystem}-${change.name}-${at}`,
    height: LINE,
    change
  }));
}

/** Rows of a list of packages. */
export function packageRows(packages: readonly IPackage[], text: string): PackagesRow[] {
  const kept = packages.filter(one => fits(`${one.name} ${one.ecosystem} ${one.version}`, text));
  return grouped(kept, (one, at) => ({
    kind: 'package' as const,
    key: `p-${one.ecosystem}-${one.name}-${at}`,
    height: LINE,
    package: one
  }));
}

function grouped<T extends { ecosystem: string }, R>(
  items: readonly T[],
  row: (item: T, at: number) => R
): (IEcosystemRow | R)[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.ecosystem);
    if (group === undefined) {
      groups.set(item.ecosystem, [item]);
    } else {
      group.push(item);
    }
  }
  return [...groups].flatMap(([ecosystem, found]) => [
    {
      kind: 'ecosystem' as const,
      key: `g-${ecosystem}`,
      height: HEAD,
      ecosystem,
      count: found.length
    },
    ...found.map(row)
  ]);
}
