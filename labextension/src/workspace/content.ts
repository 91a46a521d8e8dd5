/** What a person would lose of an open document. No DOM. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';

/** All that a person wrote in it: without what a notebook's kernel tells about itself. */
export function contentOf(model: DocumentRegistry.IModel): string {
  // The model of a text reads its JSON out of the text, which only a notebook's is sure to be.
  return 'cells' in model
    ? JSON.stringify(model.toJSON(), (key, value: unknown) =>
        key === 'language_info' ? undefined : value
      )
    : model.toString();
}
