/** Text in Lab's editor, or a panel that says what the file is. */
import { CodeEditor, CodeEditorWrapper, type IEditorServices } from '@jupyterlab/codeeditor';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { StackedPanel } from '@lumino/widgets';
import * as React from 'react';

import type { ContentsModel } from '../api/client';
import { formatBytes } from '../format/size';
import { baseName, printable } from '../format/names';
import { Failed } from '../ui/failed';
import { useSignal } from '../ui/hooks';
import type { FileModel } from './file-model';

/** A widget for one file; it reads it when it is first attached. */
export class FileViewer extends StackedPanel {
  constructor(
    readonly model: FileModel,
    private readonly _services: IEditorServices,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jpr-FileViewer');
    model.changed.connect(this._onChanged, this);
    this.addWidget(ReactWidget.create(<About model={model} trans={_trans} />));
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.model.state.kind === 'loading') {
      void this.model.load();
    }
  }

  protected override onActivateRequest(): void {
    this._editor?.editor.focus();
  }

  private _onChanged(): void {
    const { state } = this.model;
    if (state.kind !== 'text' || this._editor !== undefined) {
      return;
    }
    const name = baseName(this.model.file.path);
    const model = new CodeEditor.Model({
      mimeType: this._services.mimeTypeService.getMimeTypeByFilePath(name)
    });
    model.sharedModel.setSource(state.text.replace(/\r\n?/g, '\n'));
    this._editor = new CodeEditorWrapper({
      model,
      factory: options => this._services.factoryService.newDocumentEditor(options),
      editorOptions: { config: { readOnly: true, lineNumbers: true } }
    });
    this._editor.addClass('jpr-FileViewer-editor');
    this._editor.node.setAttribute('aria-label', this._trans.__('Text of %1', printable(name)));
    this.widgets[0]?.hide();
    this.addWidget(this._editor);
  }

  private _editor: CodeEditorWrapper | undefined;
}

function About(props: { model: FileModel; trans: TranslationBundle }): React.JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const { state } = model;
  switch (state.kind) {
    case 'loading':
      return <div className="jpr-About">{trans.__('Reading…')}</div>;
    case 'failed':
      return <Failed message={state.message} trans={trans} again={() => void model.load()} />;
    case 'about':
      return <AboutFile model={model} about={state.about} canShow={state.canShow} trans={trans} />;
    default:
      return <></>;
  }
}

interface IAboutFile {
  model: FileModel;
  about: ContentsModel;
  canShow: boolean;
  trans: TranslationBundle;
}

function AboutFile({ model, about, canShow, trans }: IAboutFile): React.JSX.Element {
  const size = about.size ?? 0;
  return (
    <div className="jpr-About">
      <h2>{printable(baseName(model.file.path))}</h2>
      <p>
        {canShow
          ? trans.__('This file is large: it is not shown at once.')
          : trans.__('JupyterLab has no viewer for this kind of file.')}
      </p>
      <dl>
        <dt>{trans.__('Path')}</dt>
        <dd>{printable(model.file.path)}</dd>
        <dt>{trans.__('Size')}</dt>
        <dd>
          {formatBytes(size)} ({trans.__('%1 bytes', size.toLocaleString())})
        </dd>
        <dt>{trans.__('Type')}</dt>
        <dd>{about.mimetype ?? trans.__('unknown')}</dd>
        <dt>{trans.__('BLAKE3')}</dt>
        <dd>
          <code>{about.hash ?? '–'}</code>
        </dd>
      </dl>
      <div className="jpr-About-actions">
        <a className="jpr-Button" href={model.downloadUrl} download="">
          {trans.__('Download')}
        </a>
        {canShow && (
          <button type="button" className="jpr-Button" onClick={() => void model.showText()}>
            {trans.__('Show as text')}
          </button>
        )}
      </div>
    </div>
  );
}
