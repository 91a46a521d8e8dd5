/** What is or was installed at one moment, or what differs between two. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';

import {
  messageOf,
  type Api,
  type Commit,
  type Software,
  type SoftwareComparison
} from '../api/client';

/** What a moment is called: `now`, a name of a commit, or `revision:<environment>@<number>`. */
export interface IMoments {
  readonly project: string;
  readonly workspace: string;
  readonly a: string;
  /** null: `a` alone is shown. */
  readonly b: string | null;
}

export class SoftwareModel implements IDisposable {
  constructor(
    private readonly _api: Api,
    moments: IMoments
  ) {
    this._moments = moments;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get moments(): IMoments {
    return this._moments;
  }

  /** What is installed at `a`, when there is no `b`. */
  get software(): Software | null {
    return this._software;
  }

  get comparison(): SoftwareComparison | null {
    return this._comparison;
  }

  /** Newest commits of the project, to choose from. */
  get commits(): readonly Commit[] {
    return this._commits;
  }

  get problem(): string | null {
    return this._problem;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Looks at other moments. */
  async choose(a: string, b: string | null): Promise<void> {
    this._moments = { ...this._moments, a, b };
    await this.load();
  }

  async load(): Promise<void> {
    const asked = this._moments;
    this._software = null;
    this._comparison = null;
    this._problem = null;
    this._changed.emit();
    try {
      const [found] = await Promise.all([this._read(asked), this._readCommits()]);
      if (asked === this._moments && !this._isDisposed) {
        this._software = found.software;
        this._comparison = found.comparison;
      }
    } catch (error) {
      if (asked === this._moments) {
        this._problem = messageOf(error);
      }
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  private async _read({
    project,
    workspace,
    a,
    b
  }: IMoments): Promise<{ software: Software | null; comparison: SoftwareComparison | null }> {
    if (b !== null) {
      const comparison = await this._api.call('get', '/projects/{project}/software/compare', {
        path: { project },
        query: { a, b, workspace }
      });
      return { software: null, comparison };
    }
    const software =
      a === 'now'
        ? await this._api.call('get', '/workspaces/{workspace}/software', {
            path: { workspace }
          })
        : await this._api.call('get', '/projects/{project}/commits/{commit}/software', {
            path: { project, commit: a }
          });
    return { software, comparison: null };
  }

  private async _readCommits(): Promise<void> {
    if (this._commits.length === 0) {
      const page = await this._api.call('get', '/projects/{project}/commits', {
        path: { project: this._moments.project },
        query: { limit: 50 }
      });
      this._commits = page.items;
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _moments: IMoments;
  private _software: Software | null = null;
  private _comparison: SoftwareComparison | null = null;
  private _commits: readonly Commit[] = [];
  private _problem: string | null = null;
  private _isDisposed = false;
}
