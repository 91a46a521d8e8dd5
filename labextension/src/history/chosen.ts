/** What a row's menu offers, in the palette as well: for the checkpoint that is chosen in the timeline. */
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Commit } from '../api/client';
import { CommandIDs } from '../tokens';

const FOR_A_CHECKPOINT = [
  CommandIDs.browse,
  CommandIDs.compare,
  CommandIDs.markForCompare,
  CommandIDs.restore,
  CommandIDs.recreate,
  CommandIDs.addTag,
  CommandIDs.copyId
] as const;

export interface IChosenCommands {
  commands: CommandRegistry;
  palette: ICommandPalette | null;
  category: string;
  trans: TranslationBundle;
  /** The checkpoint whose row has the focus, or one of its files; null when the timeline was never opened. */
  chosen: () => Commit | null;
}

export function addChosenCommands(context: IChosenCommands): void {
  const { commands, palette, category, trans, chosen } = context;
  for (const id of FOR_A_CHECKPOINT) {
    const command = `${id}-chosen`;
    const args = () => ({ commit: chosen()?.id ?? '' });
    commands.addCommand(command, {
      // The command itself may come with another plugin, so it is asked when the palette is open.
      label: () => trans.__('%1 (Chosen Checkpoint)', commands.label(id, args())),
      caption: () => commands.caption(id, args()),
      isEnabled: () => chosen() !== null && commands.isEnabled(id, args()),
      execute: () => commands.execute(id, args())
    });
    palette?.addItem({ command, category });
  }
}
