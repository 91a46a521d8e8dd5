/** One item in the status bar: branch, changed files, and what runs. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { CommandIDs, DOMAIN, IWorkspaceModel } from '../tokens';
import { widgetOf } from '../ui/widgets';
import { SETTINGS_ID, settingsOf } from '../workspace/settings';
import { StatusItem } from './view';

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-repro:status',
  description: 'Branch, changed files and running work in the status bar.',
  autoStart: true,
  requires: [IWorkspaceModel],
  // Notebook 7 has no status bar.
  optional: [IStatusBar, ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    workspace: IWorkspaceModel,
    statusBar: IStatusBar | null,
    translator: ITranslator | null,
    registry: ISettingRegistry | null
  ): void => {
    if (statusBar === null) {
      return;
    }
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    let wanted = true;
    const item = widgetOf(
      React.createElement(StatusItem, {
        workspace,
        trans,
        onClick: () => void app.commands.execute(CommandIDs.openHistory)
      }),
      'jpr-StatusItem'
    );
    statusBar.registerStatusItem('jupyter-repro:status', {
      item,
      align: 'left',
      rank: 90,
      isActive: () => wanted && workspace.state !== null,
      activeStateChanged: workspace.changed
    });
    void registry
      ?.load(SETTINGS_ID)
      .then(settings => {
        const apply = (): void => {
          wanted = settingsOf(settings).showStatusBar;
          item.setHidden(!wanted || workspace.state === null);
        };
        settings.changed.connect(apply);
        apply();
      })
      .catch((error: unknown) => console.error(error));
  }
};
