/** Badges of the commits with which the software changed: they come after the commits, once for each. No DOM. */
import type { Api, Commit, SoftwareBadge } from '../api/client';
import { softwareBadges } from '../environments/badges';

export class SoftwareBadges {
  /** @param changed - called when there are more */
  constructor(
    private readonly _api: Api,
    private readonly _changed: () => void
  ) {}

  /** By the ids of their commits. */
  get all(): ReadonlyMap<string, SoftwareBadge> {
    return this._all;
  }

  /** Forgets them: another project is shown. */
  clear(): void {
    this._all = new Map();
    this._asked = new Set();
  }

  /** Commits never change, and neither do their badges: each is asked about once. */
  async read(project: string, commits: readonly Commit[]): Promise<void> {
    const asked = this._asked;
    const fresh = commits.filter(({ id }) => !asked.has(id));
    if (fresh.length === 0) {
      return;
    }
    fresh.forEach(({ id }) => asked.add(id));
    const found = await softwareBadges(this._api, project, fresh);
    if (asked === this._asked && found.size > 0) {
      this._all = new Map([...this._all, ...found]);
      this._changed();
    }
  }

  private _all: ReadonlyMap<string, SoftwareBadge> = new Map();
  private _asked = new Set<string>();
}
