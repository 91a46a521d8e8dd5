import { describe, expect, it } from 'vitest';

import { build, discovered, environment } from '../testing/environments';
import { rowsOf } from './rows';

const environments = [
  environment({ id: 'a', name: 'py311-pandas' }),
  environment({ id: 'b', name: 'r-tidyverse', owner: 'bo', mine: false, engine: 'docker' }),
  environment({ id: 'c', name: 'old', archived: '2026-11-01T00:00:00.000000Z' }),
  environment({ id: 'd', name: 'geo', engine: 'conda', build: build({ state: 'building' }) })
];
const found = [discovered({ path: 'requirements.txt' })];

/** Rows as words: `# group` and names. */
const words = (filter: string, used: string | null = null): string[] =>
  rowsOf(
    {
      environments,
      found,
      used: used === null ? null : { environment: used, name: 'any', revision: 7 }
    },
    filter
  ).map(row =>
    row.kind === 'group'
      ? `# ${row.group} ${row.count}`
      : row.kind === 'found'
        ? row.found.path
        : row.environment.name
  );

describe('the list of environments', () => {
  it('has groups by what they are to the user', () => {
    expect(words('', 'b')).toEqual([
      '# used 1',
      'r-tidyverse',
      '# mine 2',
      'py311-pandas',
      'geo',
      '# found 1',
      'requirements.txt',
      '# archived 1',
      'old'
    ]);
    expect(words('').slice(0, 1)).toEqual(['# mine 2']);
  });

  it('is narrowed by words in name, owner, engine and state', () => {
    expect(words('pandas')).toEqual(['# mine 1', 'py311-pandas']);
    expect(words('docker bo')).toEqual(['# shared 1', 'r-tidyverse']);
    expect(words('building')).toEqual(['# mine 1', 'geo']);
    expect(words('requirements uv')).toEqual(['# found 1', 'requirements.txt']);
    expect(words('nothing of the kind')).toEqual([]);
  });

  it('says which revision is in use', () => {
    const rows = rowsOf(
      { environments, found, used: { environment: 'a', name: 'py311-pandas', revision: 5 } },
      ''
    );
    expect(rows[1]).toMatchObject({ kind: 'environment', used: 5 });
    expect(rows[3]).toMatchObject({ kind: 'environment', used: null });
  });

  it('knows what came back with a commit by its name', () => {
    const rows = rowsOf(
      { environments, found, used: { environment: null, name: 'geo', revision: 2 } },
      ''
    );
    expect(rows[1]).toMatchObject({ environment: { name: 'geo' }, used: 2 });
  });
});
