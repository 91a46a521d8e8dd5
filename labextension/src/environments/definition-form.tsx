/** The fields of a definition: what an engine asks for, variables, scripts. For new environments and for changed ones. */
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Check, Field } from '../ui/form';
import { Segments } from '../ui/widgets';
import { Code } from './code';
import {
  badLines,
  hasRequirements,
  isParent,
  MAIN_TEXT,
  SCRIPTS,
  type IDraft,
  type Script
} from './draft';
import { FilesEditor } from './files-editor';

interface IForm {
  draft: IDraft;
  set: (part: Partial<IDraft>) => void;
  trans: TranslationBundle;
  editors: IEditorServices;
}

type Part = 'main' | 'requirements' | 'files' | 'variables' | 'arguments' | Script;

/** Which texts a definition has, each in an editor of its own; one at a time is in sight. */
export function DefinitionForm({ draft, set, trans, editors }: IForm): React.JSX.Element {
  const [part, setPart] = React.useState<Part>('main');
  const { engine } = draft;
  const parts: { value: Part; label: string }[] = [
    ...(engine === 'host' ? [] : [{ value: 'main' as const, label: mainLabel(draft, trans) }]),
    ...(hasRequirements(engine)
      ? [
          {
            value: 'requirements' as const,
            label: withMark(trans.__('Requirements'), draft.requirements)
          }
        ]
      : []),
    { value: 'variables', label: withMark(trans.__('Variables'), draft.variables) },
    ...(engine === 'docker'
      ? [
          {
            value: 'arguments' as const,
            label: withMark(trans.__('Build arguments'), draft.buildArguments)
          },
          {
            value: 'files' as const,
            label: withMark(trans.__('Files'), Object.keys(draft.files).join(' '))
          }
        ]
      : []),
    ...SCRIPTS.filter(name => engine !== 'host' || name.endsWith('run')).map(name => ({
      value: name,
      label: withMark(name, draft.scripts[name])
    }))
  ];
  const shown = parts.some(one => one.value === part) ? part : 'variables';
  return (
    <div className="jpr-Definition">
      <Basics draft={draft} set={set} trans={trans} />
      <Segments
        label={trans.__('Parts of the definition')}
        options={parts}
        value={shown}
        onChange={setPart}
      />
      <Text key={shown} part={shown} draft={draft} set={set} trans={trans} editors={editors} />
      <p className="jpr-mod-dim jpr-Definition-hint">{hintOf(shown, draft, trans)}</p>
      {engine !== 'host' && (
        <Check
          label={trans.__(
            "Put the project's own %1 on top when a session starts, as a derived revision",
            engine === 'conda' ? 'environment.yml' : 'requirements.txt'
          )}
          checked={draft.projectFiles}
          onChange={projectFiles => set({ projectFiles })}
        />
      )}
    </div>
  );
}

interface ILine {
  name: 'parent' | 'base' | 'python' | 'cpus' | 'memory';
  label: string;
  hint: string;
}

/** What an engine asks for in a line each. */
function linesFor(engine: IDraft['engine'], trans: TranslationBundle): ILine[] {
  const parent: ILine = {
    name: 'parent',
    label: trans.__('Adds to (optional)'),
    hint: 'team-base r3'
  };
  switch (engine) {
    case 'docker':
      return [
        { name: 'base', label: trans.__('Base image'), hint: 'debian:bookworm-slim' },
        parent,
        { name: 'cpus', label: trans.__('Processors of a kernel'), hint: trans.__('no limit') },
        { name: 'memory', label: trans.__('Memory of a kernel, GB'), hint: trans.__('no limit') }
      ];
    case 'host':
      return [{ name: 'base', label: trans.__('Interpreter'), hint: trans.__("the server's") }];
    case 'uv':
      return [
        { name: 'python', label: trans.__('Python'), hint: trans.__("the server's") },
        parent
      ];
    default:
      return [parent];
  }
}

function Basics({ draft, set, trans }: Omit<IForm, 'editors'>): React.JSX.Element {
  return (
    <>
      <div className="jpr-Definition-basics">
        {linesFor(draft.engine, trans).map(({ name, label, hint }) => (
          <div key={name}>
            <Field
              id={`jpr-env-${name}`}
              label={label}
              placeholder={hint}
              value={draft[name]}
              maxLength={1000}
              onChange={text => set({ [name]: text })}
            />
          </div>
        ))}
        {draft.engine === 'docker' && (
          <div>
            <label htmlFor="jpr-env-network">{trans.__('Network of a kernel')}</label>
            <select
              id="jpr-env-network"
              className="jpr-Select"
              value={draft.network}
              onChange={event => set({ network: event.target.value })}
            >
              <option value="">{trans.__("the engine's bridge")}</option>
              <option value="host">{trans.__("the host's")}</option>
              <option value="none">{trans.__('none')}</option>
            </select>
          </div>
        )}
      </div>
      {!isParent(draft.parent) && (
        <p className="jpr-mod-deleted" role="status">
          {trans.__('Write the name and the revision of an environment: team-base r3.')}
        </p>
      )}
    </>
  );
}

function Text(props: IForm & { part: Part }): React.JSX.Element {
  const { part, draft, set, trans, editors } = props;
  const code = (text: string, mime: string, label: string, onChange: (text: string) => void) => (
    <Code editors={editors} text={text} mime={mime} label={label} onChange={onChange} />
  );
  switch (part) {
    case 'main':
      return code(draft.text, MAIN_TEXT[draft.engine].mime, mainLabel(draft, trans), text =>
        set({ text })
      );
    case 'requirements':
      return code(draft.requirements, MAIN_TEXT.uv.mime, trans.__('Requirements'), requirements =>
        set({ requirements })
      );
    case 'files':
      return (
        <FilesEditor
          files={draft.files}
          onChange={files => set({ files })}
          trans={trans}
          editors={editors}
        />
      );
    case 'variables':
      return (
        <>
          {code(draft.variables, 'text/x-ini', trans.__('Variables'), variables =>
            set({ variables })
          )}
          <Bad text={draft.variables} trans={trans} />
        </>
      );
    case 'arguments':
      return (
        <>
          {code(draft.buildArguments, 'text/x-ini', trans.__('Build arguments'), buildArguments =>
            set({ buildArguments })
          )}
          <Bad text={draft.buildArguments} trans={trans} />
        </>
      );
    default:
      return code(draft.scripts[part], 'text/x-sh', part, text =>
        set({ scripts: { ...draft.scripts, [part]: text } })
      );
  }
}

function Bad({ text, trans }: { text: string; trans: TranslationBundle }): React.JSX.Element {
  const [first] = badLines(text);
  return (
    <p className="jpr-mod-deleted" role="status">
      {first === undefined
        ? ''
        : trans.__('Line %1 is no variable, and is left out: write NAME=value.', first.line)}
    </p>
  );
}

function mainLabel({ engine }: IDraft, trans: TranslationBundle): string {
  switch (engine) {
    case 'conda':
      return 'environment.yml';
    case 'docker':
      return 'Dockerfile';
    default:
      return trans.__('Requirements');
  }
}

/** A dot behind the name of a part that holds something. */
function withMark(name: string, text: string): string {
  return text.trim() === '' ? name : `${name} •`;
}

function hintOf(part: Part, { engine }: IDraft, trans: TranslationBundle): string {
  switch (part) {
    case 'requirements':
      return engine === 'docker'
        ? trans.__('As in requirements.txt, installed by python3 -m pip after the instructions.')
        : trans.__('As in requirements.txt, added to the pip section of the file.');
    case 'files':
      return trans.__('Texts that COPY and ADD of the Dockerfile find. They are kept: no secrets.');
    case 'main':
      return engine === 'uv'
        ? trans.__('As in requirements.txt. The kernel (ipykernel) and pip come along.')
        : engine === 'docker'
          ? trans.__('The instructions that follow FROM. Secrets never belong into them.')
          : trans.__('With ipykernel, its kernel appears in the launcher.');
    case 'variables':
      return trans.__(
        'NAME=value, a line each, set for kernels and runs. They are kept: no secrets.'
      );
    case 'arguments':
      return trans.__('NAME=value, a line each, for ARG. They are kept: no secrets.');
    case 'pre-setup':
      return trans.__('A shell script that runs before anything is installed.');
    case 'post-setup':
      return trans.__('A shell script that runs after everything is installed.');
    case 'pre-run':
      return trans.__('A shell script that runs before each run.');
    default:
      return trans.__('A shell script that runs after each run.');
  }
}
