/** Environments for unit tests: only what a test says differs from something plain. */
import type {
  Build,
  Definition,
  Discovered,
  Environment,
  EnvironmentDetail,
  PackageChange,
  RevisionRow
} from '../api/client';

const WHEN = '2026-11-21T10:42:06.000000Z';

export function definition(part: Partial<Definition> = {}): Definition {
  return {
    id: 'd'.repeat(64),
    engine: 'uv',
    parent: null,
    base: '',
    python: '',
    requirements: 'six\n',
    conda: '',
    dockerfile: '',
    build_arguments: {},
    files: {},
    network: '',
    cpus: 0,
    memory: 0,
    variables: {},
    scripts: {},
    project_files: false,
    ...part
  };
}

export function build(part: Partial<Build> = {}): Build {
  return {
    id: 'b1',
    revision: 1,
    state: 'ready',
    author: 'ada',
    host: 'lab',
    queued: WHEN,
    started: WHEN,
    ended: '2026-11-21T10:42:10.100000Z',
    lock: 'l'.repeat(64),
    packages: 3,
    problem: null,
    task: null,
    ...part
  };
}

export function environment(part: Partial<Environment> = {}): Environment {
  return {
    id: 'e1',
    name: 'py311',
    description: '',
    owner: 'ada',
    mine: true,
    engine: 'uv',
    sharing: { visibility: 'private', users: [], groups: [] },
    default: false,
    created: WHEN,
    archived: null,
    newest: 1,
    active: 1,
    packages: 3,
    build: build(),
    selected: null,
    used_by: 0,
    ...part
  };
}

export function revision(part: Partial<RevisionRow> = {}): RevisionRow {
  return {
    number: 1,
    author: 'ada',
    time: WHEN,
    message: '',
    definition: 'd'.repeat(64),
    active: true,
    build: build(),
    ready: true,
    changed: '',
    marked: false,
    ...part
  };
}

export function environmentDetail(part: Partial<EnvironmentDetail> = {}): EnvironmentDetail {
  return {
    environment: environment(),
    revision: revision(),
    definition: definition(),
    newest_definition: definition(),
    building: [],
    uses: [],
    ...part
  };
}

export function discovered(part: Partial<Discovered> = {}): Discovered {
  return {
    path: 'requirements.txt',
    engine: 'uv',
    requirements: 1,
    definition: definition(),
    problem: null,
    name: 'churn',
    ...part
  };
}

export function packageChange(part: Partial<PackageChange> = {}): PackageChange {
  return {
    ecosystem: 'python',
    name: 'pandas',
    change: 'upgraded',
    old: '2.3.3',
    new: '3.0.1',
    old_origin: '',
    new_origin: '',
    ...part
  };
}
