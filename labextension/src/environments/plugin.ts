/** Wires environments: the list at the left, their tabs, the commands. What draws loads when it is needed. */
import {
  ILabShell,
  ILabStatus,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { INotebookTree } from '@jupyter-notebook/tree';
import type { Widget } from '@lumino/widgets';

import { localeOf, TimeFormat } from '../format/time';
import { CommandIDs, DOMAIN, IWorkspaceModel } from '../tokens';
import { textOf } from '../ui/args';
import { openMenuLater } from '../ui/menu';
import { Place } from '../ui/place';
import { Actions } from './actions';
import { chipMenu } from './chip';
import { addEnvironmentCommands } from './commands';
import type { EnvironmentModel, Tab } from './environment-model';
import { EnvironmentCommands as ids } from './ids';
import { KernelNews } from './kernel-news';
import { KeptTabs, type Kept } from './kept-tabs';
import { EnvironmentsModel } from './model';
import type { NewEnvironmentWidget } from './new-view';
import { EnvironmentsPanel } from './panel';
import type { IMoments } from './software-model';
import type { SoftwareWidget } from './software-view';
import type { EnvironmentWidget } from './widget';

const IN_PALETTE = [
  ids.show,
  ids.create,
  ids.use,
  ids.stopUsing,
  ids.project,
  ids.software,
  ids.compare
] as const;
const EVENT = 'urn:jupyter-repro:event:environment:';

export const environmentsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-repro:environments',
  description: 'Environments: their list, their revisions and builds, and the choice of one.',
  autoStart: true,
  requires: [IWorkspaceModel, IEditorServices],
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    ITranslator,
    ILabShell,
    INotebookTree,
    ISettingRegistry,
    ILabStatus
  ],
  activate: (
    app: JupyterFrontEnd,
    workspace: IWorkspaceModel,
    editors: IEditorServices,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    given: ITranslator | null,
    lab: ILabShell | null,
    tree: INotebookTree | null,
    registry: ISettingRegistry | null,
    status: ILabStatus | null
  ): void => {
    const translator = given ?? nullTranslator;
    const trans = translator.load(DOMAIN);
    const time = new TimeFormat(localeOf(translator.languageCode));
    const { commands, shell, serviceManager } = app;
    const place = new Place(shell, lab, tree);
    let tells: 'all' | 'failed' | 'none' = 'all';
    let made: { model: EnvironmentsModel; actions: Actions } | undefined;
    const parts = (): { model: EnvironmentsModel; actions: Actions } => {
      if (made === undefined) {
        const model = new EnvironmentsModel(workspace);
        const kernels = serviceManager.kernelspecs;
        made = {
          model,
          actions: new Actions({ model, commands, kernels, trans, tells: () => tells })
        };
      }
      return made;
    };
    const model = (): EnvironmentsModel => parts().model;

    void registry
      ?.load(environmentsPlugin.id)
      .then(settings => {
        const read = (): void => {
          tells = settings.composite.tellBuilds as typeof tells;
        };
        settings.changed.connect(read);
        read();
      })
      .catch((error: unknown) => console.error(error));

    const panel = new EnvironmentsPanel({ model, commands, trans });
    const tabs = new KeptTabs<EnvironmentWidget>('jupyter-repro-environments');
    const newTabs = new KeptTabs<NewEnvironmentWidget>('jupyter-repro-new-environments');
    const softwareTabs = new KeptTabs<SoftwareWidget>('jupyter-repro-software');
    tabs.tracker.currentChanged.connect((_, widget) => {
      model().shown = widget?.model.id ?? null;
    });
    const add = (widget: Widget, id: string): void => {
      widget.id = id;
      place.add(widget, 'Environment');
    };

    const open = async (
      environment: string,
      revision: number | null,
      tab: Tab = 'revisions',
      draft: unknown = null
    ): Promise<void> => {
      const { model, actions } = parts();
      // First of all: whoever clicks twice while they load gets one tab.
      const [{ EnvironmentModel }, { EnvironmentWidget }, { recalled }] = await Promise.all([
        import('./environment-model'),
        import('./widget'),
        import('./draft'),
        model.ensure()
      ]);
      const id = model.find(environment)?.id ?? environment;
      let widget = tabs.tracker.find(one => one.model.id === id);
      if (widget === undefined) {
        widget = new EnvironmentWidget(new EnvironmentModel(model, id), {
          actions,
          trans,
          time,
          commands,
          editors,
          status
        });
        add(widget, `jupyter-repro-environment-${id}`);
        const shown = widget.model;
        shown.draft = recalled(draft);
        tabs.add(widget, id, () => keptOf(shown), shown.changed);
        model.shown = id;
        await widget.model.load();
      } else {
        place.show(widget);
      }
      if (revision !== null && !widget.isDisposed) {
        await widget.model.select(revision);
        widget.model.tab = tab;
      }
    };

    const openNew = async (
      path: string,
      key = String(Date.now()),
      kept: unknown = null
    ): Promise<void> => {
      const [{ NewEnvironmentModel }, { NewEnvironmentWidget }] = await Promise.all([
        import('./new-model'),
        import('./new-view')
      ]);
      if (path !== '') {
        await model().ensure();
      }
      const found = model().found.find(one => one.path === path);
      const written = new NewEnvironmentModel(found, kept, trans);
      const widget = new NewEnvironmentWidget({
        ...parts(),
        written,
        trans,
        editors,
        status,
        onMade: id => {
          widget.dispose();
          void commands.execute(ids.open, { environment: id });
        }
      });
      add(widget, `jupyter-repro-new-environment-${key}`);
      newTabs.add(
        widget,
        key,
        () => ({ path, written: written.isDirty ? asKept(written.value) : null }),
        written.changed
      );
    };
    const openSoftware = async (moments: IMoments, key = String(Date.now())): Promise<void> => {
      const [{ SoftwareModel }, { SoftwareWidget }] = await Promise.all([
        import('./software-model'),
        import('./software-view')
      ]);
      const isSame = ({ model: { moments: one } }: SoftwareWidget): boolean =>
        one.project === moments.project && one.a === moments.a && one.b === moments.b;
      const same = softwareTabs.tracker.find(isSame);
      if (same !== undefined) {
        place.show(same);
        await same.model.load();
        return;
      }
      const software = new SoftwareModel(workspace.api, moments);
      const widget = new SoftwareWidget({ model: software, trans, time });
      add(widget, `jupyter-repro-software-${key}`);
      softwareTabs.add(widget, key, () => ({ ...software.moments }), software.changed);
      await software.load();
    };

    addEnvironmentCommands({
      commands,
      model,
      actions: () => parts().actions,
      trans,
      show: () => {
        if (tree === null) {
          shell.activateById(panel.id);
        } else {
          tree.currentWidget = panel;
        }
      },
      open,
      openNew,
      openSoftware: async (a, b) => {
        const { state } = workspace;
        if (state !== null) {
          const { project, workspace } = state;
          await openSoftware({ project: project.id, workspace: workspace.id, a, b });
        }
      }
    });
    commands.addCommand(CommandIDs.environmentMenu, {
      label: trans.__('Environment of This Workspace'),
      isEnabled: () => workspace.state !== null,
      execute: async args => {
        const items = model()
          .refresh()
          .then(() => chipMenu(model()));
        await openMenuLater(commands, Number(args.x ?? 0), Number(args.y ?? 0), items);
      }
    });

    const kernels = new KernelNews();
    // What others build and choose is news here too; only when the list was ever looked at.
    serviceManager.events.stream.connect((_, event) => {
      kernels.tell(event);
      if (made !== undefined && event.schema_id.startsWith(EVENT) && event.what !== 'build-log') {
        made.model.touch(typeof event.environment === 'string' ? event.environment : '');
      }
    });

    if (tree === null) {
      shell.add(panel, 'left', { rank: 151, type: 'Environments' });
      restorer?.add(panel, panel.id);
    } else {
      panel.title.label = trans.__('Environments');
      tree.addWidget(panel);
      tree.tabBar.addTab(panel.title);
    }
    if (restorer !== null) {
      tabs.restore(commands, restorer, ({ revision, tab, draft }, id) =>
        open(id, typeof revision === 'number' ? revision : null, tab as Tab, draft)
      );
      newTabs.restore(commands, restorer, (kept, key) =>
        openNew(textOf(kept, 'path'), key, kept.written)
      );
      softwareTabs.restore(commands, restorer, (moments, key) =>
        openSoftware(moments as unknown as IMoments, key)
      );
    }
    const category = trans.__('Environments');
    for (const command of IN_PALETTE) {
      palette?.addItem({ command, category });
    }
    launcher?.add({
      command: ids.show,
      args: { isLauncher: true },
      category: trans.__('Other'),
      rank: 51
    });
  }
};

/** What the tab of an environment is opened with again, what was written there among it. */
function keptOf({ selected, tab, unsaved }: EnvironmentModel): Kept {
  return { revision: selected, tab, draft: unsaved === null ? null : asKept(unsaved) };
}

/** Forms hold nothing but texts, and objects of texts. */
function asKept(value: object): Kept {
  return value as Kept;
}
