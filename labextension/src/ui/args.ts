/** Arguments of commands: anybody may run one with anything. */

export type Args = Readonly<Record<string, unknown>>;

/** A text argument; `''` when it is missing or no text. */
export function textOf(args: Args, name: string): string {
  return optional(args, name) ?? '';
}

/** A text argument; null when it is missing or no text. */
export function optional(args: Args, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' ? value : null;
}
