/** What a commit is called where its author gave no message. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Commit } from '../api/client';
import { shortId } from '../format/names';

/** The title of a row. */
export function titleOf(commit: Commit, trans: TranslationBundle): string {
  const line = commit.message.trim().split('\n', 1)[0] ?? '';
  if (line !== '') {
    return line;
  }
  switch (commit.kind) {
    case 'auto':
      return trans.__('Automatic checkpoint');
    case 'restore':
      return commit.restored_from === null
        ? trans.__('Restored')
        : trans.__('Restored from %1', shortId(commit.restored_from));
    case 'recovered':
      return trans.__('Recovered from the last session');
    case 'run':
      return trans.__('Run');
    case 'import':
      return trans.__('Imported');
    default:
      return trans.__('Checkpoint');
  }
}

/** Made by the server and not by a person: quieter in the list. */
export function isQuiet(commit: Commit): boolean {
  return (commit.kind === 'auto' || commit.kind === 'recovered') && commit.tags.length === 0;
}

/** “Baseline for the review”, or the name of what it is. */
export function quoted(commit: Commit, trans: TranslationBundle): string {
  const title = titleOf(commit, trans);
  return commit.message.trim() === '' ? title : trans.__('“%1”', title);
}
