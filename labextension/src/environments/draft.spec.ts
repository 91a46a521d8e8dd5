import { describe, expect, it } from 'vitest';

import { definition } from '../testing/environments';
import { badLines, beginning, definitionOf, draftOf, isChanged, isParent } from './draft';

describe('a definition as a form', () => {
  it('goes there and back', () => {
    const whole = definition({
      parent: { name: 'team-base', revision: 3 },
      python: '3.11',
      variables: { OMP_NUM_THREADS: '2', EMPTY: '' },
      scripts: { 'post-setup': 'echo done\n' },
      project_files: true
    });
    const again = definitionOf(draftOf(whole));
    expect(again).toMatchObject({
      engine: 'uv',
      parent: { environment: 'team-base', revision: 3 },
      python: '3.11',
      requirements: 'six\n',
      variables: { OMP_NUM_THREADS: '2', EMPTY: '' },
      scripts: { 'post-setup': 'echo done\n' },
      project_files: true
    });
    expect(isChanged(draftOf(whole), whole)).toBe(false);
  });

  it('puts its main text where the engine looks for it', () => {
    expect(definitionOf({ ...beginning('docker'), text: 'RUN true\n' }).dockerfile).toBe(
      'RUN true\n'
    );
    expect(definitionOf({ ...beginning('conda'), text: 'name: x\n' }).conda).toBe('name: x\n');
    const docker = definition({ engine: 'docker', memory: 2_000_000_000, cpus: 1.5 });
    expect(draftOf(docker)).toMatchObject({ memory: '2', cpus: '1.5' });
    expect(definitionOf(draftOf(docker))).toMatchObject({ memory: 2_000_000_000, cpus: 1.5 });
  });

  it('loses nothing that the form of another engine calls otherwise', () => {
    const docker = definition({
      engine: 'docker',
      dockerfile: 'COPY a /a\n',
      requirements: 'six\n',
      files: { a: '1' }
    });
    expect(definitionOf(draftOf(docker))).toMatchObject({
      dockerfile: 'COPY a /a\n',
      requirements: 'six\n',
      files: { a: '1' }
    });
    expect(isChanged({ ...draftOf(docker), requirements: 'six\npandas\n' }, docker)).toBe(true);
    const conda = definition({ engine: 'conda', conda: 'name: x\n', requirements: 'six\n' });
    expect(definitionOf(draftOf(conda))).toMatchObject({
      conda: 'name: x\n',
      requirements: 'six\n'
    });
  });

  it('is changed by words, not by spaces at the ends of lines', () => {
    const whole = definition({ requirements: 'six\npandas\n' });
    const draft = draftOf(whole);
    expect(isChanged({ ...draft, text: 'six  \npandas' }, whole)).toBe(false);
    expect(isChanged({ ...draft, text: 'six\npandas>=3\n' }, whole)).toBe(true);
    expect(isChanged({ ...draft, variables: 'A=1' }, whole)).toBe(true);
    expect(isChanged({ ...draft, parent: 'base r2' }, whole)).toBe(true);
  });

  it('names the lines that are no variable', () => {
    expect(badLines('A=1\n\n# why\nnonsense\nB = two words')).toEqual([
      { line: 4, text: 'nonsense' }
    ]);
    expect(definitionOf({ ...beginning('uv'), variables: 'A=1\nno\nB = x=y' }).variables).toEqual({
      A: '1',
      B: 'x=y'
    });
  });

  it('knows what a parent is called', () => {
    expect(['', 'team-base r3', 'team-base@3'].map(isParent)).toEqual([true, true, true]);
    expect(['team-base', 'r3', 'two words r3'].map(isParent)).toEqual([false, false, false]);
  });
});
