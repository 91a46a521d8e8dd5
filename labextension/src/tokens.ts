/**
 * The contracts between the parts of the plugin, and for other extensions that want to speak to it.
 */
import type { IDisposable } from '@lumino/disposable';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type {
  Api,
  Branch,
  CheckpointDone,
  Here,
  RestoreDone,
  SwitchDone,
  Task,
  WorkspaceState
} from './api/client';

/** Domain of all translations. */
export const DOMAIN = 'jupyter_repro';

/** Ids of all commands: the commands are the API of the user interface. */
export namespace CommandIDs {
  export const checkpoint = 'jupyter-repro:checkpoint';
  export const protect = 'jupyter-repro:protect';
  export const refresh = 'jupyter-repro:refresh';
  export const openHistory = 'jupyter-repro:open-history';
  export const fileHistory = 'jupyter-repro:file-history';
  export const switchBranch = 'jupyter-repro:switch-branch';
  export const newBranch = 'jupyter-repro:new-branch';
  export const renameBranch = 'jupyter-repro:rename-branch';
  export const deleteBranch = 'jupyter-repro:delete-branch';
  export const addTag = 'jupyter-repro:add-tag';
  export const removeTag = 'jupyter-repro:remove-tag';
  export const copyId = 'jupyter-repro:copy-commit-id';
  export const restore = 'jupyter-repro:restore';
  export const recreate = 'jupyter-repro:recreate';
  export const browse = 'jupyter-repro:browse';
  export const preview = 'jupyter-repro:preview';
  export const copyFile = 'jupyter-repro:copy-file';
  export const download = 'jupyter-repro:download';
  export const compare = 'jupyter-repro:compare';
  export const compareFile = 'jupyter-repro:compare-file';
  export const markForCompare = 'jupyter-repro:mark-for-compare';
  export const review = 'jupyter-repro:review-changes';
  export const thisBranch = 'jupyter-repro:only-this-branch';
  export const showHidden = 'jupyter-repro:show-hidden';
  export const automatic = 'jupyter-repro:automatic-checkpoints';
  export const track = 'jupyter-repro:track';
  export const storage = 'jupyter-repro:storage';
  export const purge = 'jupyter-repro:purge';
  export const cancelTask = 'jupyter-repro:cancel-task';
  export const environmentMenu = 'jupyter-repro:environment-menu';
  export const restoreEnvironment = 'jupyter-repro:restore-environment';
  export const software = 'jupyter-repro:show-software';
  export const compareSoftware = 'jupyter-repro:compare-software';
}

/** What a restore did, and which commit takes it back. */
export interface IRestored {
  readonly done: RestoreDone;
  readonly paths: readonly string[];
  /** Restore the same paths from here to undo; null when there is nothing to go back to. */
  readonly undo: string | null;
}

/** The workspace that the user is in: its state, and what can be done with it. No DOM. */
export interface IWorkspaceModel extends IDisposable {
  readonly api: Api;
  /** What the server says of the present directory; null until the first answer. */
  readonly here: Here | null;
  /** The same, when the directory is protected. */
  readonly state: WorkspaceState | null;
  /** Why there is no answer, for people; null while all is well. */
  readonly problem: string | null;
  /** The task under way, of this user or automatic. */
  readonly task: Task | null;
  /** Anything above changed. */
  readonly changed: ISignal<IWorkspaceModel, void>;
  /** Commits, branches or tags changed: what was read of them is old. */
  readonly historyChanged: ISignal<IWorkspaceModel, void>;
  /** Files of the workspace were written by the server: open documents may be old. */
  readonly filesChanged: ISignal<IWorkspaceModel, void>;

  /** Directory whose workspace is shown, relative to the server's root. */
  directory: string;

  refresh(): Promise<void>;
  /** Say that something happened on the disk or in the history, as an event or a save does. */
  hint(kind: 'files' | 'history'): void;
  protect(project?: string): Promise<void>;
  checkpoint(message: string, options?: { skipUnreadable?: boolean }): Promise<CheckpointDone>;
  restore(commit: string, paths: readonly string[]): Promise<IRestored>;
  switchTo(branch: string): Promise<SwitchDone>;
  branches(): Promise<Branch[]>;
  cancelTask(): Promise<void>;
  /** Follow a task that a caller started, so that it shows in the sidebar and the status bar. */
  track(task: Task): void;
}

export const IWorkspaceModel = new Token<IWorkspaceModel>(
  'jupyter-repro:IWorkspaceModel',
  'State of the protected workspace, and the verbs on it.'
);

/** Saves before, reloads after: the documents of the user against the files of the workspace. */
export interface IDocuments {
  /**
   * Offers to save unsaved documents.
   *
   * @param before - what is about to happen
   * @returns false when the user would rather not go on
   */
  settle(before: 'checkpoint' | 'restore' | 'switch' | 'recreate'): Promise<boolean>;
  /** Brings open documents to what is on the disk now, without asking. */
  reload(): Promise<void>;
}

export const IDocuments = new Token<IDocuments>(
  'jupyter-repro:IDocuments',
  'Open documents of the workspace.'
);

/** A file of a commit. */
export interface IFileAt {
  readonly project: string;
  /** Full id. */
  readonly commit: string;
  readonly path: string;
}

/** Opens files and trees of commits, read-only. */
export interface IPreview {
  /** Opens a file in Lab's own viewer. */
  open(file: IFileAt): Promise<void>;
  /** Opens the whole tree. */
  browse(project: string, commit: string): Promise<void>;
}

export const IPreview = new Token<IPreview>(
  'jupyter-repro:IPreview',
  'Files of any commit, read-only.'
);

/** One side of a comparison: a commit, or the working directory. */
export interface IComparison {
  readonly project: string;
  /** Older side: a commit. */
  readonly a: string;
  /** Newer side: a commit, or null for the working directory of `workspace`. */
  readonly b: string | null;
  readonly workspace: string | null;
  /** File to show first. */
  readonly path?: string;
}

/** Opens comparisons. */
export interface ICompare {
  open(comparison: IComparison): Promise<void>;
}

export const ICompare = new Token<ICompare>(
  'jupyter-repro:ICompare',
  'Differences between states.'
);
