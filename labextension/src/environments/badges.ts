/** With which commits the installed software changed: asked after the commits themselves, and once for each. No DOM. */
import type { Api, Commit, SoftwareBadge } from '../api/client';

/** Ids in one question: they travel in the address. */
const AT_ONCE = 100;

/**
 * Asks about commits.
 *
 * @returns badges by the ids of the commits that have one; what could not be asked has none
 */
export async function softwareBadges(
  api: Api,
  project: string,
  commits: readonly Commit[]
): Promise<Map<string, SoftwareBadge>> {
  const found = new Map<string, SoftwareBadge>();
  for (let from = 0; from < commits.length; from += AT_ONCE) {
    try {
      const { badges } = await api.call('get', '/projects/{project}/software/badges', {
        path: { project },
        query: { commit: commits.slice(from, from + AT_ONCE).map(({ id }) => id) }
      });
      for (const badge of badges) {
        found.set(badge.commit, badge);
      }
    } catch {
      // A list of commits is good without them; the comparison itself would tell what is wrong.
    }
  }
  return found;
}
