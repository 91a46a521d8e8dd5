/**
 * Names of past files on the `repro:` drive: `repro:<project>/<commit>/<path> @ <first digits of the commit>`.
 *
 * The commit in front makes relative links between files of one commit resolve. The mark behind the name keeps every
 * file type of Lab from matching, so that only our own read-only viewers open it, whoever asks.
 */
import type { IFileAt } from '../tokens';

/** Name of the drive. */
export const DRIVE = 'repro';

const DIGITS = 8;
const MARK = /^(.*) @ [0-9a-f]{8}$/s;

/** What stands behind the name of every file of a commit. */
export function markOf(commit: string): string {
  return ` @ ${commit.slice(0, DIGITS)}`;
}

/** The name without its mark; null when there is none. */
export function unmarked(name: string): string | null {
  return MARK.exec(name)?.[1] ?? null;
}

/** Path on the drive, without the drive's name. */
export function localPathOf(file: IFileAt): string {
  return `${file.project}/${file.commit}/${file.path}${markOf(file.commit)}`;
}

/** Path for Lab's document manager. */
export function drivePathOf(file: IFileAt): string {
  return `${DRIVE}:${localPathOf(file)}`;
}

/** A path on the drive, taken apart. */
export interface IParsed extends IFileAt {
  /** It carries the mark: a file that our viewers may open. */
  readonly marked: boolean;
}

/** Takes apart a path on the drive, with or without the drive's name; null when it is none. */
export function parse(path: string): IParsed | null {
  const local = path.startsWith(`${DRIVE}:`) ? path.slice(DRIVE.length + 1) : path;
  const [project = '', commit, ...names] = local.replace(/^\/+/, '').split('/');
  if (project === '' || commit === undefined || !/^[0-9a-f]{64}$/.test(commit)) {
    return null;
  }
  const joined = names.join('/');
  const mark = markOf(commit);
  const marked = joined.endsWith(mark);
  return { project, commit, path: marked ? joined.slice(0, -mark.length) : joined, marked };
}
