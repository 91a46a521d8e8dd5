/**
 * The slim branch graph: one lane a branch, a line from its newest to its oldest row, and a curve where it left
 * another. Lanes follow branch names and not parents, because retention hides commits in between; second parents
 * of imported merges are not drawn.
 */
import type { Commit } from '../api/client';

/** How one commit's row is drawn. Lanes count from 0 at the left. */
export interface IGraphRow {
  /** Lane of the dot. */
  readonly lane: number;
  /** The line comes from above. */
  readonly above: boolean;
  /** The line goes on below. */
  readonly below: boolean;
  /** Lanes that only pass. */
  readonly through: readonly number[];
  /** Lanes whose branch began here: they come from above and end in the dot. */
  readonly joins: readonly number[];
}

export interface IGraph {
  readonly rows: readonly IGraphRow[];
  /** Number of lanes. */
  readonly width: number;
}

type Node = Pick<Commit, 'id' | 'parents' | 'branch'>;

/** More branches than this share the last lane: the sidebar is narrow. */
export const MAX_LANES = 6;

interface IExtent {
  first: number;
  last: number;
  /** Row of the commit that it left, or where its line stops. */
  end: number;
  joins: boolean;
  lane: number;
}

/**
 * Lays out commits, newest first.
 *
 * @param current - the branch that gets the first lane
 * @param complete - no older commits are to come; otherwise lines go on below the last row
 */
export function layOut(commits: readonly Node[], current: string, complete: boolean): IGraph {
  const extents = extentsOf(commits, complete);
  const width = assignLanes(extents, current);
  const all = [...extents.values()];
  const last = commits.length - 1;
  const rows = commits.map((commit, row): IGraphRow => {
    const own = extents.get(commit.branch)!;
    const here = all.filter(extent => row > extent.first && row <= extent.end && extent !== own);
    const joins = here.filter(extent => extent.joins && extent.end === row);
    const through = here.filter(extent => !joins.includes(extent));
    return {
      lane: own.lane,
      above: row > own.first,
      below: row < own.end || (!complete && row === last && commit.parents.length > 0),
      through: lanesOf(through, own),
      joins: lanesOf(joins, own)
    };
  });
  return { rows, width };
}

function extentsOf(commits: readonly Node[], complete: boolean): Map<string, IExtent> {
  const rowOf = new Map(commits.map((commit, row) => [commit.id, row]));
  const extents = new Map<string, IExtent>();
  commits.forEach((commit, row) => {
    const extent = extents.get(commit.branch);
    if (extent === undefined) {
      extents.set(commit.branch, { first: row, last: row, end: row, joins: false, lane: 0 });
    } else {
      extent.last = row;
    }
  });
  for (const extent of extents.values()) {
    const parent = commits[extent.last]?.parents[0];
    const origin = parent === undefined ? undefined : rowOf.get(parent);
    if (origin !== undefined && origin > extent.last) {
      extent.end = origin;
      extent.joins = true;
    } else {
      extent.end = parent !== undefined && !complete ? commits.length - 1 : extent.last;
    }
  }
  return extents;
}

function assignLanes(extents: Map<string, IExtent>, current: string): number {
  const taken: number[] = [];
  const place = (extent: IExtent, from: number): void => {
    let lane = from;
    while (lane < MAX_LANES - 1 && (taken[lane] ?? -1) >= extent.first) {
      lane += 1;
    }
    extent.lane = lane;
    taken[lane] = Math.max(taken[lane] ?? -1, extent.end);
  };
  const main = extents.get(current);
  if (main !== undefined) {
    place(main, 0);
    taken[0] = Number.POSITIVE_INFINITY;
  }
  // Insertion order is the order of first rows, newest first.
  for (const [branch, extent] of extents) {
    if (branch !== current) {
      place(extent, 0);
    }
  }
  return taken.length;
}

function lanesOf(extents: readonly IExtent[], own: IExtent): number[] {
  const lanes = new Set(extents.map(({ lane }) => lane));
  lanes.delete(own.lane);
  return [...lanes].sort((a, b) => a - b);
}
