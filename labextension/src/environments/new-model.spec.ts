import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { Discovered } from '../api/client';
import { definition } from '../testing/environments';
import { NewEnvironmentModel } from './new-model';

const trans = nullTranslator.load('jupyter-repro');
const found = {
  path: 'requirements.txt',
  name: 'prices',
  definition: definition({ requirements: 'six\n' })
} as unknown as Discovered;

function made(from?: Discovered, kept?: unknown): NewEnvironmentModel {
  return new NewEnvironmentModel(from, kept, trans);
}

describe('a new environment that is being written', () => {
  it('is worth a question only when something was written', () => {
    const scratch = made();
    expect(scratch.isDirty).toBe(false);
    scratch.choose('docker');
    expect(scratch.isDirty).toBe(false);
    scratch.setDraft({ text: 'RUN true\n' });
    expect(scratch.isDirty).toBe(true);
    const fromFile = made(found);
    expect(fromFile.value).toMatchObject({ name: 'prices', path: 'requirements.txt' });
    expect(fromFile.isDirty).toBe(false);
    fromFile.set({ name: 'other' });
    expect(fromFile.isDirty).toBe(true);
    fromFile.begin(undefined);
    expect(fromFile.isDirty).toBe(false);
  });

  it('comes back as it was written', () => {
    const before = made(found);
    before.set({ description: 'For prices' });
    before.setDraft({ variables: 'A=1\n', files: { a: '1' } });
    const kept: unknown = JSON.parse(JSON.stringify(before.value));
    const after = made(found, kept);
    expect(after.value).toEqual(before.value);
    expect(after.isDirty).toBe(true);
  });

  it('begins anew where what was kept is something else', () => {
    for (const kept of [null, 'text', { draft: null }, { draft: { engine: 'toString' } }, []]) {
      expect(made(found, kept).value.name).toBe('prices');
    }
    // A form of an earlier version lacks what came later.
    const older = made(undefined, { name: 'a', draft: { engine: 'conda', text: 'name: a\n' } });
    expect(older.value.draft).toMatchObject({ text: 'name: a\n', files: {}, network: '' });
  });
});
