/** Where tabs of ours go, in Lab and on the pages of Notebook 7. */
import type { JupyterFrontEnd, ILabShell } from '@jupyterlab/application';
import type { INotebookTree } from '@jupyter-notebook/tree';
import { SplitPanel, type Widget } from '@lumino/widgets';

/** Part of the page's height that a tab below a document gets at least. */
const BELOW = 0.55;

/**
 * Lab has a main area for many tabs. A page of Notebook 7 has room for one document there: our tabs stand beside the
 * list of files where that is, and below the document elsewhere.
 */
export class Place {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _lab: ILabShell | null,
    private readonly _tree: INotebookTree | null
  ) {}

  /** Adds a tab and shows it; `type` is what Lab calls its kind in a layout of one's own. */
  add(widget: Widget, type: string): void {
    if (this._tree !== null) {
      this._tree.addWidget(widget);
    } else {
      this._shell.add(widget, this._lab === null ? 'down' : 'main', { type });
    }
    this.show(widget);
    if (this._tree === null && this._lab === null) {
      makeRoom(widget);
    }
  }

  /** Brings a tab of ours to the front. */
  show(widget: Widget): void {
    if (this._tree !== null) {
      this._tree.currentWidget = widget;
    } else {
      this._shell.activateById(widget.id);
    }
  }
}

/** Notebook 7 gives what stands below a document a few lines, too little for a comparison. */
function makeRoom(widget: Widget): void {
  let inner: Widget = widget;
  let outer = widget.parent;
  while (outer !== null && !(outer instanceof SplitPanel && outer.orientation === 'vertical')) {
    inner = outer;
    outer = outer.parent;
  }
  if (outer === null) {
    return;
  }
  const sizes = outer.relativeSizes();
  const at = outer.widgets.indexOf(inner);
  if ((sizes[at] ?? 1) < BELOW) {
    const rest = 1 - (sizes[at] ?? 0) || 1;
    outer.setRelativeSizes(
      sizes.map((size, place) => (place === at ? BELOW : (size * (1 - BELOW)) / rest))
    );
  }
}
