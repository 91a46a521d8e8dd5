/** Lab's own menus, opened where something was clicked. */
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';

export interface IMenuItem {
  command: string;
  args?: ReadonlyJSONObject;
}

/** Opens a menu of commands; `null` is a line between them. */
export function openMenu(
  commands: CommandRegistry,
  x: number,
  y: number,
  items: readonly (IMenuItem | null)[]
): void {
  const menu = new Menu({ commands });
  for (const item of items) {
    menu.addItem(item ?? { type: 'separator' });
  }
  // What was chosen runs after the menu has closed: it must not be gone by then.
  menu.aboutToClose.connect(() => {
    setTimeout(() => menu.dispose());
  });
  menu.open(x, y);
}

/**
 * Opens a menu whose items have to be asked for first; unless the user does something else meanwhile: it would open
 * over that, and take the keyboard.
 */
export async function openMenuLater(
  commands: CommandRegistry,
  x: number,
  y: number,
  items: Promise<readonly (IMenuItem | null)[]>
): Promise<void> {
  const given = new AbortController();
  for (const kind of ['pointerdown', 'keydown']) {
    document.addEventListener(kind, () => given.abort(), { capture: true, signal: given.signal });
  }
  try {
    const found = await items;
    if (!given.signal.aborted) {
      openMenu(commands, x, y, found);
    }
  } finally {
    given.abort();
  }
}
