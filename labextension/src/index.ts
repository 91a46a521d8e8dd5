/** The plugins of jupyter-repro, one a capability. */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { comparePlugin } from './compare/plugin';
import { environmentsPlugin } from './environments/plugin';
import { historyPlugin } from './history/plugin';
import { previewPlugin } from './preview/plugin';
import { statusPlugin } from './status/plugin';
import { storagePlugin } from './storage/plugin';
import { documentsPlugin, workspacePlugin } from './workspace/plugin';

export * from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  workspacePlugin,
  documentsPlugin,
  historyPlugin,
  previewPlugin,
  comparePlugin,
  storagePlugin,
  environmentsPlugin,
  statusPlugin
];

export default plugins;
