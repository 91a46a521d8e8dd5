/** Lab's notebook without a kernel and without a pen. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookContent } from '@jupyterlab/nbformat';
import {
  NotebookModel,
  NotebookModelFactory,
  NotebookPanel,
  NotebookWidgetFactory,
  type INotebookModel,
  type Notebook
} from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

import { NOTEBOOK } from './drive';
import { inert } from './rendermime';
import { CommitResolver } from './resolver';

export const NOTEBOOK_MODEL = 'repro-notebook';

/** A notebook model that never has anything to save, with cells that cannot be edited. */
class PastNotebook extends NotebookModel {
  override get dirty(): boolean {
    return false;
  }

  override set dirty(value: boolean) {
    // Nothing to keep.
  }

  override get readOnly(): boolean {
    return true;
  }

  override set readOnly(value: boolean) {
    // It stays so.
  }

  override fromJSON(value: INotebookContent): void {
    super.fromJSON({
      ...value,
      cells: value.cells.map(cell => ({
        ...cell,
        metadata: { ...cell.metadata, editable: false, deletable: false }
      }))
    });
  }
}

/** Asks the drive in a way that no other viewer does. */
export class PastNotebookModelFactory extends NotebookModelFactory {
  override get name(): string {
    return NOTEBOOK_MODEL;
  }

  override get contentType(): Contents.ContentType {
    return NOTEBOOK.type;
  }

  override get fileFormat(): Contents.FileFormat {
    return NOTEBOOK.format;
  }

  override get collaborative(): boolean {
    return false;
  }

  override createNew(options?: Parameters<NotebookModelFactory['createNew']>[0]): INotebookModel {
    return new PastNotebook({ languagePreference: options?.languagePreference });
  }
}

/** Makes the panels. */
export class PastNotebookFactory extends NotebookWidgetFactory {
  protected override createNewWidget(
    context: DocumentRegistry.IContext<INotebookModel>
  ): NotebookPanel {
    const content = this.contentFactory.createNotebook({
      rendermime: inert(this.rendermime, new CommitResolver(context)),
      contentFactory: this.contentFactory,
      mimeTypeService: this.mimeTypeService,
      editorConfig: this.editorConfig,
      notebookConfig: this.notebookConfig,
      translator: this.translator
    });
    mayBeLeft(content);
    return new NotebookPanel({ context, content });
  }
}

/** Lab draws the cells in its idle time, and throws an error when the notebook is closed in the middle of one. */
function mayBeLeft(notebook: Notebook): void {
  // Lab's own, and private: where it is called otherwise, nothing is changed.
  const drawn = notebook as unknown as { _runOnIdleTime?: (time?: number) => Promise<void> };
  const draw = drawn._runOnIdleTime?.bind(notebook);
  if (draw !== undefined) {
    drawn._runOnIdleTime = async time => {
      try {
        await draw(time);
      } catch (error) {
        if (!notebook.isDisposed) {
          throw error;
        }
      }
    };
  }
}
