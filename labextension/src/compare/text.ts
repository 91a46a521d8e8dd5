/** Text against text in CodeMirror's merge view. A chunk of its own: loaded with the first comparison. */
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { jupyterTheme, type IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { Widget } from '@lumino/widgets';

const COLLAPSE = { margin: 3, minSize: 6 };

export interface ITextDiffOptions {
  /** Name of the file, for its language. */
  name: string;
  a: string;
  b: string;
  layout: 'side' | 'inline';
  languages: IEditorLanguageRegistry;
  labels: { a: string; b: string };
}

export class TextDiff extends Widget {
  constructor(private readonly _options: ITextDiffOptions) {
    super();
    this.addClass('jpr-TextDiff');
    this.addClass(_options.layout === 'side' ? 'jpr-mod-side' : 'jpr-mod-inline');
    void this._draw();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._view?.destroy();
      super.dispose();
    }
  }

  private async _draw(): Promise<void> {
    const { a, b, layout, labels } = this._options;
    const language = await this._language();
    if (this.isDisposed) {
      return;
    }
    const extensions = (label: string): Extension[] => [
      jupyterTheme,
      lineNumbers(),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.lineWrapping,
      // Without a caret of its own, the text is reached with the Tab key.
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label }),
      ...language
    ];
    if (layout === 'side') {
      this._view = new MergeView({
        a: { doc: a, extensions: extensions(labels.a) },
        b: { doc: b, extensions: extensions(labels.b) },
        collapseUnchanged: COLLAPSE,
        parent: this.node
      });
    } else {
      this._view = new EditorView({
        doc: b,
        extensions: [
          ...extensions(labels.b),
          unifiedMergeView({
            original: a,
            mergeControls: false,
            collapseUnchanged: COLLAPSE
          })
        ],
        parent: this.node
      });
    }
  }

  private async _language(): Promise<Extension[]> {
    const { languages, name } = this._options;
    const found = languages.findByFileName(name) ?? languages.findByExtension(extensionOf(name));
    try {
      const loaded = found === null ? null : await languages.getLanguage(found);
      return loaded?.support === undefined ? [] : [loaded.support];
    } catch {
      // Its colours could not be loaded: the text is good without.
      return [];
    }
  }

  private _view: MergeView | EditorView | undefined;
}

function extensionOf(name: string): string {
  // A notebook as text is JSON.
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return extension === 'ipynb' ? 'json' : extension;
}
