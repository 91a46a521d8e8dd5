/** Changed files as a tree in which a folder shows only where it holds two or more of them. */
import type { Change } from '../api/client';

export interface IChangedFolder {
  readonly kind: 'folder';
  readonly path: string;
  /** What stands in the row: one or several names. */
  readonly label: string;
  readonly children: readonly ChangedNode[];
  readonly count: number;
}

export interface IChangedFile {
  readonly kind: 'file';
  readonly change: Change;
  /** Folder names in front that have no row of their own, with a slash at the end; often empty. */
  readonly prefix: string;
  readonly label: string;
}

export type ChangedNode = IChangedFolder | IChangedFile;

interface IBranch {
  readonly folders: Map<string, IBranch>;
  readonly files: Change[];
}

/** Nodes below the root, folders and files in path order. */
export function treeOf(changes: readonly Change[]): ChangedNode[] {
  const root: IBranch = { folders: new Map(), files: [] };
  for (const change of changes) {
    const names = change.path.split('/');
    let at = root;
    for (const name of names.slice(0, -1)) {
      let below = at.folders.get(name);
      if (below === undefined) {
        below = { folders: new Map(), files: [] };
        at.folders.set(name, below);
      }
      at = below;
    }
    at.files.push(change);
  }
  return nodesOf(root, '', '');
}

function nodesOf(branch: IBranch, path: string, prefix: string): ChangedNode[] {
  const nodes: ChangedNode[] = [];
  for (const [name, below] of branch.folders) {
    nodes.push(...folded(below, path === '' ? name : `${path}/${name}`, `${prefix}${name}`));
  }
  for (const change of branch.files) {
    const slash = change.path.lastIndexOf('/');
    nodes.push({ kind: 'file', change, prefix, label: change.path.slice(slash + 1) });
  }
  return nodes;
}

/** A folder as one node, or as the one thing below it with the folder's name in front. */
function folded(branch: IBranch, path: string, label: string): ChangedNode[] {
  const single = branch.folders.size + branch.files.length === 1;
  if (single) {
    return nodesOf(branch, path, `${label}/`);
  }
  const children = nodesOf(branch, path, '');
  const count = children.reduce((sum, node) => sum + (node.kind === 'file' ? 1 : node.count), 0);
  return [{ kind: 'folder', path, label, children, count }];
}
