/**
 * How names travel in a URL.
 *
 * The server spells bytes of a file name that are no UTF-8 as lone surrogates U+DC80 to U+DCFF, which
 * `encodeURIComponent` refuses. Such a character goes out as the byte it stands for.
 */

const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu;
const FIRST_BYTE = 0xdc80;
const LAST_BYTE = 0xdcff;

/** Percent-encodes one component of a URL, whatever characters it holds. */
export function encodeText(text: string): string {
  let encoded = '';
  let from = 0;
  for (const match of text.matchAll(LONE)) {
    const code = match[0].charCodeAt(0);
    encoded += encodeURIComponent(text.slice(from, match.index));
    // Any other lone surrogate has no bytes; U+FFFD is what the rest of the web makes of it.
    encoded +=
      code >= FIRST_BYTE && code <= LAST_BYTE
        ? '%' + (code - 0xdc00).toString(16).toUpperCase()
        : '%EF%BF%BD';
    from = match.index + 1;
  }
  return encoded + encodeURIComponent(text.slice(from));
}

/** A value of a query string; lists repeat the parameter, `undefined` and `null` leave it out. */
export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** `?a=1&b=2`, or nothing when there are no parameters. */
export function queryString(query: Readonly<Record<string, QueryValue>>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) {
      continue;
    }
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      parts.push(`${encodeURIComponent(name)}=${encodeText(String(one))}`);
    }
  }
  return parts.length > 0 ? '?' + parts.join('&') : '';
}

/** Puts values into `{name}` places of a path template. */
export function fillPath(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeText(values[name] ?? ''));
}
