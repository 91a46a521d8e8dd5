/** A definition while it is being written: texts of a form, and what they come to. No DOM. */
import type { Definition, EnvironmentDefinition } from '../api/client';

/** Scripts in the order in which they run. */
export const SCRIPTS = ['pre-setup', 'post-setup', 'pre-run', 'post-run'] as const;
export type Script = (typeof SCRIPTS)[number];

export type EngineName = EnvironmentDefinition['engine'];
type Given = Definition | EnvironmentDefinition;

/** What the form holds. Variables and build arguments are lines `NAME=value`, as in a file of them. */
export interface IDraft {
  readonly engine: EngineName;
  /** The revision that this one adds to, `name r3`; `''` for none. */
  readonly parent: string;
  readonly base: string;
  readonly python: string;
  /** Requirements, an environment.yml or a Dockerfile, by the engine. */
  readonly text: string;
  /** What pip installs on top, for the engines whose main text says something else. */
  readonly requirements: string;
  readonly buildArguments: string;
  readonly variables: string;
  readonly scripts: Readonly<Record<Script, string>>;
  readonly projectFiles: boolean;
  /** What kernels in containers reach and may take: `''` and `'host'` or `'none'`, processors, GB of memory. */
  readonly network: string;
  readonly cpus: string;
  readonly memory: string;
  /** Files of the build's context: texts by their paths. */
  readonly files: Readonly<Record<string, string>>;
}

/** A line that is no variable, counted from 1. */
export interface IBadLine {
  readonly line: number;
  readonly text: string;
}

const NO_SCRIPTS: Readonly<Record<Script, string>> = {
  'pre-setup': '',
  'post-setup': '',
  'pre-run': '',
  'post-run': ''
};

const BEGINNINGS: Readonly<Record<EngineName, string>> = {
  uv: 'ipykernel\n',
  conda: 'channels:\n  - conda-forge\ndependencies:\n  - python=3.12\n  - ipykernel\n',
  docker: 'RUN python3 -m pip install ipykernel\n',
  host: ''
};

/** Which part of a definition the main text of an engine is, and how it is highlighted. */
export const MAIN_TEXT: Readonly<
  Record<EngineName, { field: 'requirements' | 'conda' | 'dockerfile'; mime: string }>
> = {
  // There is no highlighting for requirements: Python's knows their comments, strings and operators.
  uv: { field: 'requirements', mime: 'text/x-python' },
  conda: { field: 'conda', mime: 'text/x-yaml' },
  docker: { field: 'dockerfile', mime: 'text/x-dockerfile' },
  host: { field: 'requirements', mime: 'text/x-python' }
};

/** Whether requirements are a text of their own, beside the main one. */
export function hasRequirements(engine: EngineName): boolean {
  return MAIN_TEXT[engine].field !== 'requirements';
}

/** What a new environment of an engine begins with. */
export function beginning(engine: EngineName): IDraft {
  return {
    engine,
    parent: '',
    base: '',
    python: '',
    text: BEGINNINGS[engine],
    requirements: '',
    buildArguments: '',
    variables: '',
    scripts: NO_SCRIPTS,
    projectFiles: false,
    network: '',
    cpus: '',
    memory: '',
    files: {}
  };
}

/** The form of a definition. */
export function draftOf(definition: Given): IDraft {
  const engine = definition.engine as EngineName;
  return {
    engine,
    parent: parentText(definition.parent),
    base: definition.base ?? '',
    python: definition.python ?? '',
    text: definition[MAIN_TEXT[engine].field] ?? '',
    requirements: hasRequirements(engine) ? (definition.requirements ?? '') : '',
    buildArguments: linesOf(definition.build_arguments),
    variables: linesOf(definition.variables),
    scripts: { ...NO_SCRIPTS, ...(definition.scripts as Partial<Record<Script, string>>) },
    projectFiles: definition.project_files ?? false,
    network: definition.network ?? '',
    cpus: amountText(definition.cpus, 1),
    memory: amountText(definition.memory, GB),
    files: definition.files ?? {}
  };
}

/** The definition of a form. Lines of variables that are none are left out: see `badLines`. */
export function definitionOf(draft: IDraft): EnvironmentDefinition {
  return {
    engine: draft.engine,
    parent: parentOf(draft.parent),
    base: draft.base.trim(),
    python: draft.python.trim(),
    requirements: draft.requirements,
    [MAIN_TEXT[draft.engine].field]: draft.text,
    build_arguments: Object.fromEntries(variablesOf(draft.buildArguments)),
    files: draft.files,
    variables: Object.fromEntries(variablesOf(draft.variables)),
    scripts: Object.fromEntries(
      Object.entries(draft.scripts).filter(([, text]) => text.trim() !== '')
    ),
    project_files: draft.projectFiles,
    network: draft.network as EnvironmentDefinition['network'],
    cpus: amountOf(draft.cpus, 1),
    memory: Math.round(amountOf(draft.memory, GB))
  };
}

/** Whether saving it would make a new revision: spaces at the ends of lines do not. */
export function isChanged(draft: IDraft, definition: Given): boolean {
  return essence(draft) !== essence(draftOf(definition));
}

/** Whether two drafts come to different definitions. */
export function differ(one: IDraft, other: IDraft): boolean {
  return essence(one) !== essence(other);
}

/** The draft that was kept somewhere; null for what is none. What it lacks is as at the beginning. */
export function recalled(kept: unknown): IDraft | null {
  const draft = kept as Partial<IDraft> | null | undefined;
  const engine = draft?.engine;
  return engine !== undefined && Object.hasOwn(MAIN_TEXT, engine)
    ? { ...beginning(engine), ...draft }
    : null;
}

/** Lines of the variables that are neither a variable, nor empty, nor a comment. */
export function badLines(variables: string): IBadLine[] {
  return variables.split('\n').flatMap((text, at) => {
    const said = text.trim();
    return said === '' || said.startsWith('#') || VARIABLE.test(text)
      ? []
      : [{ line: at + 1, text: said }];
  });
}

const VARIABLE = /^\s*([A-Za-z_]\w*)\s*=(.*)$/;

function variablesOf(text: string): [string, string][] {
  return text.split('\n').flatMap(line => {
    const match = VARIABLE.exec(line);
    return match === null ? [] : [[match[1] ?? '', (match[2] ?? '').trim()] as [string, string]];
  });
}

const GB = 1_000_000_000;
const PARENT = /^\s*(\S+?)\s*(?:@|\s+r)(\d+)\s*$/;

/** Whether what is written as the parent can be one. */
export function isParent(text: string): boolean {
  return text.trim() === '' || PARENT.test(text);
}

function parentOf(text: string): EnvironmentDefinition['parent'] {
  const match = PARENT.exec(text);
  return match === null ? null : { environment: match[1] ?? '', revision: Number(match[2]) };
}

function parentText(parent: Given['parent']): string {
  if (parent === null || parent === undefined) {
    return '';
  }
  return `${'name' in parent ? parent.name : parent.environment} r${parent.revision}`;
}

/** A number that was typed, in its unit; 0 for none, which is no limit. */
function amountOf(text: string, unit: number): number {
  const value = Number(text.trim().replace(',', '.'));
  return Number.isFinite(value) && value > 0 ? value * unit : 0;
}

function amountText(value: number | undefined, unit: number): string {
  return value === undefined || value === 0 ? '' : String(value / unit);
}

function linesOf(variables: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(variables ?? {})
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function essence(draft: IDraft): string {
  return JSON.stringify([
    draft.engine,
    parentOf(draft.parent),
    draft.base.trim(),
    draft.python.trim(),
    tidy(draft.text),
    tidy(draft.requirements),
    variablesOf(draft.buildArguments).sort(),
    variablesOf(draft.variables).sort(),
    SCRIPTS.map(name => tidy(draft.scripts[name])),
    draft.projectFiles,
    draft.network,
    amountOf(draft.cpus, 1),
    amountOf(draft.memory, GB),
    Object.entries(draft.files).sort()
  ]);
}

function tidy(text: string): string {
  return text
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
    .trim();
}
