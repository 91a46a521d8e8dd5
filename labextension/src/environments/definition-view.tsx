/** A definition as it is: its main text highlighted, the rest below. */
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Definition } from '../api/client';
import { Code } from './code';
import { draftOf, MAIN_TEXT, SCRIPTS } from './draft';

interface IDefinition {
  definition: Definition;
  trans: TranslationBundle;
  editors: IEditorServices;
}

export function DefinitionCard({ definition, trans, editors }: IDefinition): React.JSX.Element {
  const draft = draftOf(definition);
  const facts: [string, string][] = [
    [trans.__('Adds to'), draft.parent],
    [trans.__('Base'), draft.base],
    [trans.__('Python'), draft.python],
    [trans.__('Requirements'), draft.requirements.trim()],
    [trans.__('Variables'), draft.variables.trim()],
    [trans.__('Build arguments'), draft.buildArguments.trim()],
    [trans.__('Files'), Object.keys(draft.files).sort().join('\n')],
    [trans.__('Network'), draft.network],
    [trans.__('Processors'), draft.cpus],
    [trans.__('Memory'), draft.memory === '' ? '' : trans.__('%1 GB', draft.memory)],
    ...SCRIPTS.map(name => [name, draft.scripts[name].trim()] as [string, string]),
    [
      trans.__('Project files'),
      draft.projectFiles ? trans.__("the project's own file is put on top") : ''
    ]
  ];
  const said = facts.filter(([, text]) => text !== '');
  return (
    <>
      {(draft.text.trim() !== '' || draft.engine !== 'host') && (
        <Code
          editors={editors}
          text={draft.text.trimEnd()}
          mime={MAIN_TEXT[draft.engine].mime}
          label={trans.__('Definition')}
          className="jpr-mod-read"
          readOnly
        />
      )}
      {said.length > 0 && (
        <dl className="jpr-Facts">
          {said.map(([name, text]) => (
            <React.Fragment key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </React.Fragment>
          ))}
        </dl>
      )}
    </>
  );
}
