/** Commits that are open in the timeline, with the files that changed: read when they are opened. No DOM. */
import { messageOf, type Api } from '../api/client';
import type { Expanded } from './rows';

/** Files in one further answer. */
const MOST = 1000;

export class OpenCommits {
  /** @param changed - called when another is open, or what is known of one is new */
  constructor(
    private readonly _api: Api,
    private readonly _changed: () => void
  ) {}

  /** By their ids, in the order in which they were opened. */
  get all(): ReadonlyMap<string, Expanded> {
    return this._all;
  }

  /** Forgets them: another project is shown. */
  clear(): void {
    this._all.clear();
  }

  close(id: string): void {
    this._all.delete(id);
    this._changed();
  }

  async open(project: string, id: string): Promise<void> {
    const loading: Expanded = { state: 'loading' };
    this._all.set(id, loading);
    this._changed();
    await this._become(id, loading, async () =>
      this._api.call('get', '/projects/{project}/commits/{commit}', {
        path: { project, commit: id }
      })
    );
  }

  /** Reads changed files that were too many to read at once. */
  async more(project: string, id: string): Promise<void> {
    const before = this._all.get(id);
    if (before?.state !== 'ready' || before.detail.changes_next === null) {
      return;
    }
    const { detail } = before;
    const cursor = before.detail.changes_next;
    await this._become(id, before, async () => {
      const page = await this._api.call('get', '/projects/{project}/commits/{commit}/changes', {
        path: { project, commit: id },
        query: { cursor, limit: MOST }
      });
      return { ...detail, changes: [...detail.changes, ...page.items], changes_next: page.next };
    });
  }

  /** Takes what comes, unless the commit was closed or opened anew since `before`. */
  private async _become(
    id: string,
    before: Expanded,
    read: () => Promise<Extract<Expanded, { state: 'ready' }>['detail']>
  ): Promise<void> {
    let after: Expanded;
    try {
      after = { state: 'ready', detail: await read() };
    } catch (error) {
      after = { state: 'failed', message: messageOf(error) };
    }
    if (this._all.get(id) === before) {
      this._all.set(id, after);
      this._changed();
    }
  }

  private readonly _all = new Map<string, Expanded>();
}
