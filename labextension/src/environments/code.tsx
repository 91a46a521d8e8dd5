/** Lab's own editor inside of a form: highlighting, the user's keys and settings. */
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import * as React from 'react';

interface ICode {
  editors: IEditorServices;
  text: string;
  /** Decides about the highlighting. */
  mime: string;
  /** For those who cannot see what the text is. */
  label: string;
  className?: string;
  readOnly?: boolean;
  onChange?: (text: string) => void;
}

/** A text in CodeMirror. The text given is taken over whenever it is another one than what was last typed. */
export function Code(props: ICode): React.JSX.Element {
  const { editors, text, mime, label, readOnly } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const editor = React.useRef<CodeEditor.IEditor | null>(null);
  const told = React.useRef(props.onChange);
  told.current = props.onChange;

  React.useEffect(() => {
    const node = host.current;
    if (node === null) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType: mime });
    model.sharedModel.setSource(text);
    const made = editors.factoryService.newInlineEditor({
      host: node,
      model,
      config: {
        lineNumbers: true,
        lineWrap: true,
        readOnly: readOnly === true,
        // The Tab key leads on, as in every form.
        indentWithTab: false
      }
    });
    const content = node.querySelector('.cm-content');
    content?.setAttribute('aria-label', label);
    if (readOnly === true) {
      content?.setAttribute('tabindex', '0');
    }
    model.sharedModel.changed.connect(() => told.current?.(model.sharedModel.getSource()));
    editor.current = made;
    return () => {
      editor.current = null;
      made.dispose();
      model.dispose();
    };
    // The text is brought up to date below: a new editor would lose the caret.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [editors, mime, label, readOnly]);

  React.useEffect(() => {
    const model = editor.current?.model.sharedModel;
    if (model !== undefined && model.getSource() !== text) {
      model.setSource(text);
    }
  }, [text]);

  return <div ref={host} className={`jpr-Code ${props.className ?? ''}`} />;
}
