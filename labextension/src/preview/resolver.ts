/** Links and images of a past document lead to files of the same commit. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IRenderMime } from '@jupyterlab/rendermime';

import { markOf, parse } from './path';

/** Lab's resolver, with the mark behind every local name, so that a link opens read-only too. */
export class CommitResolver implements IRenderMime.IResolver {
  constructor(context: DocumentRegistry.IContext<DocumentRegistry.IModel>) {
    this._lab = context.urlResolver;
    const file = parse(context.path);
    this._mark = file === null ? '' : encodeURI(markOf(file.commit));
  }

  async resolveUrl(url: string): Promise<string> {
    const resolved = await this._lab.resolveUrl(url);
    return url.startsWith('#') || url.endsWith('/') || !this.isLocal(url)
      ? resolved
      : resolved + this._mark;
  }

  getDownloadUrl(url: string): Promise<string> {
    return this._lab.getDownloadUrl(url);
  }

  isLocal(url: string, allowRoot?: boolean): boolean {
    return this._lab.isLocal?.(url, allowRoot) ?? false;
  }

  private readonly _lab: IRenderMime.IResolver;
  private readonly _mark: string;
}
