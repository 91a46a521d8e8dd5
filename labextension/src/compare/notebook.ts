/** Notebook against notebook in nbdime's view. A chunk of its own: loaded with the first such comparison. */
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';
import 'nbdime/lib/common/collapsible.css';
import 'nbdime/lib/common/dragpanel.css';
import 'nbdime/lib/styles/common.css';
import 'nbdime/lib/styles/diff.css';
import 'nbdime/lib/styles/variables.css';
import 'nbdime/lib/upstreaming/flexpanel.css';
import type { IDiffEntry } from 'nbdime/lib/diff/diffentries';
import { NotebookDiffModel } from 'nbdime/lib/diff/model';
import { NotebookDiffWidget } from 'nbdime/lib/diff/widget';

import type { NotebookDiff as NotebookDiffAnswer } from '../api/client';
import type { IOptions } from './model';

export interface INotebookDiffOptions {
  diff: NotebookDiffAnswer;
  rendermime: IRenderMimeRegistry;
  editors: IEditorServices;
  translator: ITranslator;
  /** Told when it cannot be drawn to its end. */
  failed: (error: unknown) => void;
}

export class NotebookDiff extends Panel {
  constructor(options: INotebookDiffOptions) {
    super();
    this.addClass('jpr-NotebookDiff');
    this.addClass('nbdime-Widget');
    this.addClass('nbdime-root');
    const widget = new NotebookDiffWidget({
      model: new NotebookDiffModel(
        options.diff.base as INotebookContent,
        options.diff.diff as unknown as IDiffEntry[]
      ),
      rendermime: options.rendermime,
      editorFactory: given => options.editors.factoryService.newInlineEditor(given),
      translator: options.translator
    });
    this.addWidget(widget);
    void widget.init().catch((error: unknown) => {
      // It draws a cell at a time: closed in between, the next has no place any more.
      if (!widget.isDisposed) {
        options.failed(error);
      }
    });
  }

  /** Shows or hides parts of every cell. */
  apply({ sources, outputs, metadata }: IOptions): void {
    this.toggleClass('jpr-mod-noSources', !sources);
    this.toggleClass('jpr-mod-noOutputs', !outputs);
    this.toggleClass('jpr-mod-noMetadata', !metadata);
  }
}
