/** The files beside a Dockerfile: added, written and taken away, one of them in sight. */
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Segments } from '../ui/widgets';
import { Code } from './code';

interface IFiles {
  files: Readonly<Record<string, string>>;
  onChange: (files: Readonly<Record<string, string>>) => void;
  trans: TranslationBundle;
  editors: IEditorServices;
}

export function FilesEditor({ files, onChange, trans, editors }: IFiles): React.JSX.Element {
  const paths = Object.keys(files).sort();
  const [chosen, setChosen] = React.useState('');
  const [path, setPath] = React.useState('');
  const shown = paths.includes(chosen) ? chosen : (paths[0] ?? '');
  const wanted = path.trim();
  const add = (): void => {
    if (wanted !== '') {
      onChange({ [wanted]: '', ...files });
      setChosen(wanted);
      setPath('');
    }
  };
  return (
    <>
      <div className="jpr-Files">
        <input
          type="text"
          className="jpr-Input"
          value={path}
          maxLength={1000}
          placeholder="conf/setup.cfg"
          aria-label={trans.__('Path of a new file')}
          onChange={event => setPath(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              // The form around it would be sent.
              event.preventDefault();
              add();
            }
          }}
        />
        <button type="button" className="jpr-Button" disabled={wanted === ''} onClick={add}>
          {trans.__('Add file')}
        </button>
        {shown !== '' && (
          <button
            type="button"
            className="jpr-Button"
            onClick={() =>
              onChange(Object.fromEntries(Object.entries(files).filter(([name]) => name !== shown)))
            }
          >
            {trans.__('Take away %1', shown)}
          </button>
        )}
      </div>
      {shown !== '' && (
        <>
          <Segments
            label={trans.__('Files')}
            options={paths.map(value => ({ value, label: value }))}
            value={shown}
            onChange={setChosen}
          />
          <Code
            key={shown}
            editors={editors}
            text={files[shown] ?? ''}
            mime="text/plain"
            label={shown}
            onChange={text => onChange({ ...files, [shown]: text })}
          />
        </>
      )}
    </>
  );
}
