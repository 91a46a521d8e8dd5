/** What the banner over a past file says: which commit that is. No DOM. */
import { Signal, type ISignal } from '@lumino/signaling';

import { messageOf, type Commit } from '../api/client';
import type { IFileAt, IWorkspaceModel } from '../tokens';

export class BannerModel {
  constructor(
    readonly workspace: IWorkspaceModel,
    readonly file: IFileAt
  ) {
    void this._load();
    workspace.changed.connect(this._onWorkspaceChanged, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get commit(): Commit | null {
    return this._commit;
  }

  get problem(): string | null {
    return this._problem;
  }

  /** The file belongs to the project of the present workspace: it can be put back there. */
  get isHere(): boolean {
    return this.workspace.state?.project.id === this.file.project;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private async _load(): Promise<void> {
    const { project, commit } = this.file;
    this._isLoading = true;
    try {
      const detail = await this.workspace.api.call('get', '/projects/{project}/commits/{commit}', {
        path: { project, commit },
        query: { changes: 0 }
      });
      this._commit = detail.commit;
      this._problem = null;
    } catch (error) {
      this._problem = messageOf(error);
    }
    this._isLoading = false;
    this._changed.emit();
  }

  private _onWorkspaceChanged(): void {
    if (this.isHere !== this._wasHere) {
      this._wasHere = this.isHere;
      this._changed.emit();
    }
    // The server is there again.
    if (this._problem !== null && this.workspace.problem === null && !this._isLoading) {
      void this._load();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _commit: Commit | null = null;
  private _problem: string | null = null;
  private _isLoading = false;
  private _wasHere = false;
}
