/** The tab of a comparison: puts the views together, and swaps the difference when another file is chosen. */
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { BoxLayout, BoxPanel, SplitPanel, type Widget } from '@lumino/widgets';
import * as React from 'react';

import { messageOf } from '../api/client';
import { baseName, nameOf, shortId } from '../format/names';
import type { TimeFormat } from '../format/time';
import { inert } from '../preview/rendermime';
import { compareIcon } from '../ui/icons';
import { widgetOf } from '../ui/widgets';
import { Detail } from './detail-view';
import type { CompareModel } from './model';
import type { NotebookDiff } from './notebook';
import { Files, Summary, Tools } from './view';

export interface ICompareLook {
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
  rendermime: IRenderMimeRegistry;
  editors: IEditorServices;
  languages: IEditorLanguageRegistry;
  translator: ITranslator;
}

export class CompareWidget extends BoxPanel {
  constructor(
    readonly model: CompareModel,
    private readonly _look: ICompareLook
  ) {
    super({ direction: 'top-to-bottom', spacing: 0 });
    const { trans, time, commands } = _look;
    const props = { model, trans, time, commands };
    this.addClass('jpr-Compare');
    this.title.icon = compareIcon;
    this.title.closable = true;
    this._name();

    const split = new SplitPanel({ orientation: 'horizontal', spacing: 1 });
    split.addClass('jpr-Compare-split');
    const files = widgetOf(React.createElement(Files, props), 'jpr-Compare-list');
    this._right = new BoxPanel({ direction: 'top-to-bottom', spacing: 0 });
    this._right.addClass('jpr-Compare-right');
    const tools = widgetOf(React.createElement(Tools, props), 'jpr-Compare-tools');
    this._plain = widgetOf(React.createElement(Detail, { model, trans }), 'jpr-Compare-detail');
    this._right.addWidget(tools);
    this._right.addWidget(this._plain);
    BoxLayout.setStretch(tools, 0);
    BoxLayout.setStretch(this._plain, 1);
    split.addWidget(files);
    split.addWidget(this._right);
    split.setRelativeSizes([1, 3.4]);
    const summary = widgetOf(React.createElement(Summary, props), 'jpr-Compare-summary');
    this.addWidget(summary);
    this.addWidget(split);
    BoxLayout.setStretch(summary, 0);
    BoxLayout.setStretch(split, 1);

    model.changed.connect(this._onChanged, this);
    model.detailChanged.connect(this._onDetailChanged, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector<HTMLElement>('.jpr-Compare-files')?.focus();
  }

  private _name(): void {
    const { a, b, comparison } = this.model;
    const { trans } = this._look;
    const older = a === null ? shortId(comparison.a) : nameOf(a);
    const newer =
      comparison.b === null ? trans.__('now') : b === null ? shortId(comparison.b) : nameOf(b);
    this.title.label = trans.__('%1 … %2', older, newer);
  }

  private _onChanged(): void {
    this._name();
    const { options } = this.model;
    this._notebook?.apply(options);
    if (this._drawnLayout !== options.layout) {
      this._drawnLayout = options.layout;
      if (this.model.detail.kind === 'text') {
        this._onDetailChanged();
      }
    }
  }

  private _onDetailChanged(): void {
    const { detail } = this.model;
    const failed = (error: unknown): void => this.model.fail(detail, messageOf(error));
    this._draw(failed).catch(failed);
  }

  /** `failed` is called with what goes wrong later, while it draws itself. */
  private async _draw(failed: (error: unknown) => void): Promise<void> {
    const { model } = this;
    const { detail, options, comparison } = model;
    const { trans, languages, rendermime, editors, translator } = this._look;
    if (detail.kind === 'loading') {
      // What is there stays until the next is ready, unless there is nothing.
      if (this._own === undefined) {
        this._show(undefined);
      }
      return;
    }
    let own: Widget | undefined;
    if (detail.kind === 'text') {
      const { TextDiff } = await import('./text');
      own = new TextDiff({
        name: baseName(detail.file.path),
        a: detail.a,
        b: detail.b,
        layout: options.layout,
        languages,
        labels: {
          a: trans.__('Before, %1', shortId(comparison.a)),
          b: trans.__('After')
        }
      });
    } else if (detail.kind === 'notebook') {
      const { NotebookDiff } = await import('./notebook');
      const notebook = new NotebookDiff({
        diff: detail.diff,
        rendermime: inert(rendermime),
        editors,
        translator,
        failed
      });
      notebook.apply(options);
      own = notebook;
    }
    if (this.isDisposed || model.detail !== detail) {
      own?.dispose();
      return;
    }
    this._notebook = detail.kind === 'notebook' ? (own as NotebookDiff) : undefined;
    this._show(own);
  }

  /** Puts a widget of its own where the difference is; without one, React draws it. */
  private _show(own: Widget | undefined): void {
    this._own?.dispose();
    this._own = own;
    this._plain.setHidden(own !== undefined);
    if (own !== undefined) {
      this._right.addWidget(own);
      BoxLayout.setStretch(own, 1);
    }
  }

  private readonly _right: BoxPanel;
  private readonly _plain: Widget;
  private _own: Widget | undefined;
  private _notebook: NotebookDiff | undefined;
  private _drawnLayout = 'side';
}
