import { describe, expect, it } from 'vitest';

import { treeOf, type ChangedNode } from './changed';

const tree = (...paths: string[]) =>
  treeOf(paths.map(path => ({ path, change: 'modified' as const, old_path: null })));

const shown = (nodes: readonly ChangedNode[]): unknown[] =>
  nodes.map(node =>
    node.kind === 'file' ? node.prefix + node.label : [node.label, ...shown(node.children)]
  );

describe('changed files as a tree', () => {
  it('puts a folder in front of its only file', () => {
    expect(shown(tree('features/build.py', 'a/b/c.txt'))).toEqual([
      'features/build.py',
      'a/b/c.txt'
    ]);
  });

  it('gives a folder of two a row of its own', () => {
    expect(shown(tree('data/a.csv', 'data/b.csv', 'x.py'))).toEqual([
      ['data', 'a.csv', 'b.csv'],
      'x.py'
    ]);
  });

  it('runs folders together that hold nothing but each other', () => {
    expect(shown(tree('a/b/c/1', 'a/b/c/2'))).toEqual([['a/b/c', '1', '2']]);
  });

  it('counts what is below', () => {
    const [folder] = tree('a/1', 'a/b/2', 'a/b/3');
    expect(folder).toMatchObject({ kind: 'folder', path: 'a', count: 3 });
  });
});
