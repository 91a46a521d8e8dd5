/** The plugin's own settings, with what they are before the user's are read. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import type { SavePolicy } from './documents';

export const SETTINGS_ID = 'jupyter-repro:history';

export interface ISettings {
  /** What to do about unsaved documents before a checkpoint, restore or switch. */
  readonly saveBefore: SavePolicy;
  /** Seconds between two looks at the directory. */
  readonly refreshSeconds: number;
  /** Offer once, in a directory that is not protected, to protect it. */
  readonly offerProtection: boolean;
  readonly showStatusBar: boolean;
}

export const DEFAULTS: ISettings = {
  saveBefore: 'ask',
  refreshSeconds: 30,
  offerProtection: true,
  showStatusBar: true
};

/** Reads what the registry has; the schema has checked it. */
export function settingsOf(settings: ISettingRegistry.ISettings): ISettings {
  return { ...DEFAULTS, ...(settings.composite as Partial<ISettings>) };
}
