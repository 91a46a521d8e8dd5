/** The read-only drive `repro:` over the trees of commits. */
import { ServerConnection, type Contents } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';

import { ApiError, type Api, type ContentsModel } from '../api/client';
import { baseName } from '../format/names';
import { DRIVE, parse } from './path';

/** What our notebook viewer asks for, and Lab's own never does: JSON of a plain file. */
export const NOTEBOOK = { type: 'file', format: 'json' } as const;

/** See `Contents.IDrive`. It has no shared models and no checkpoints, and refuses every change. */
export class CommitDrive implements Contents.IDrive {
  /** @param refused - told of what Lab asks for in menus of its own, which show nothing when it fails */
  constructor(
    private readonly _api: Api,
    private readonly _refused: () => void = () => undefined
  ) {}

  readonly name = DRIVE;

  get serverSettings(): ServerConnection.ISettings {
    return this._api.settings;
  }

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  async get(localPath: string, options: Contents.IFetchOptions = {}): Promise<Contents.IModel> {
    const file = parse(localPath);
    if (file === null) {
      throw failure(404, 'This is no path of a commit.');
    }
    const { project, commit, path } = file;
    const content = options.content ?? true;
    const isNotebook = options.type === NOTEBOOK.type && options.format === NOTEBOOK.format;
    const isDirectory = options.type === 'directory' || (path === '' && !file.marked);
    if (content && !isDirectory && (!file.marked || options.type === 'notebook')) {
      // Lab's own notebook would start a kernel: past files open in read-only viewers only.
      throw failure(403, 'Files of a commit open read-only, from the history.');
    }
    try {
      const model = await this._api.call('get', '/projects/{project}/commits/{commit}/contents', {
        path: { project, commit },
        query: { path, content, ...wanted(options, content, isNotebook) }
      });
      return lab(model, localPath);
    } catch (error) {
      throw error instanceof ApiError ? failure(error.status, error.message) : error;
    }
  }

  getDownloadUrl(localPath: string): Promise<string> {
    const file = parse(localPath);
    if (file === null) {
      return Promise.reject(failure(404, 'This is no path of a commit.'));
    }
    return Promise.resolve(
      this._api.url(
        '/projects/{project}/commits/{commit}/content',
        { project: file.project, commit: file.commit },
        { path: file.path }
      )
    );
  }

  listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([]);
  }

  newUntitled(): Promise<Contents.IModel> {
    return refuse();
  }

  delete(): Promise<void> {
    this._refused();
    return refuse();
  }

  rename(): Promise<Contents.IModel> {
    return refuse();
  }

  save(): Promise<Contents.IModel> {
    return refuse();
  }

  copy(): Promise<Contents.IModel> {
    this._refused();
    return refuse();
  }

  createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return refuse();
  }

  restoreCheckpoint(): Promise<void> {
    return refuse();
  }

  deleteCheckpoint(): Promise<void> {
    return refuse();
  }

  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  private _isDisposed = false;
}

function wanted(
  options: Contents.IFetchOptions,
  content: boolean,
  isNotebook: boolean
): { type?: 'file' | 'notebook' | 'directory'; format?: 'text' | 'base64' | 'json' } {
  if (isNotebook) {
    return content ? { type: 'notebook', format: 'json' } : {};
  }
  const { type, format } = options;
  return {
    ...(type === 'file' || type === 'directory' ? { type } : {}),
    ...(content && (format === 'text' || format === 'base64' || format === 'json')
      ? { format }
      : {})
  };
}

/** The model as Lab knows it: under the name that it asked for. */
function lab(model: ContentsModel, localPath: string): Contents.IModel {
  return {
    ...model,
    name: baseName(localPath),
    path: localPath,
    content: model.content,
    format: model.format,
    mimetype: model.mimetype ?? '',
    size: model.size ?? undefined,
    hash: model.hash ?? undefined,
    hash_algorithm: model.hash_algorithm ?? undefined
  };
}

function refuse(): Promise<never> {
  return Promise.reject(failure(403, 'A commit never changes.'));
}

function failure(status: number, message: string): ServerConnection.ResponseError {
  return new ServerConnection.ResponseError(new Response(null, { status }), message);
}
