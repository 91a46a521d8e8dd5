/** Short forms of names: commits, paths. */
import type { Commit } from '../api/client';

/** The first digits of a commit's id, enough for people. */
export function shortId(commit: string): string {
  return commit.slice(0, 8);
}

/** What a person would call this commit in a tab or a sentence: its tag, or the first digits. */
export function nameOf(commit: Pick<Commit, 'id' | 'tags'>): string {
  return commit.tags[0] ?? shortId(commit.id);
}

/** `Ada` of `Ada <ada@example.org>`: commits that came from git carry both. */
export function personOf(author: string): string {
  return author.replace(/\s*<[^<>]*>$/, '') || author;
}

/** The last name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The directory of a path; `''` is the root. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** Names below each other, leaving out empty ones. */
export function joinPath(...parts: string[]): string {
  return parts.filter(part => part !== '').join('/');
}

/** Bytes that are no UTF-8 arrive as lone surrogates; on the screen each is a replacement character. */
export function printable(path: string): string {
  return path.replace(/[\uDC80-\uDCFF](?<![\uD800-\uDBFF].)/g, '\uFFFD');
}

/** Whether a path is `folder` or lies in it; everything lies in `''`. */
export function liesIn(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(folder + '/');
}
