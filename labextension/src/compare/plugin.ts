/** Wires comparisons: the commands that open one, and the tab, whose parts load when it is first needed. */
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { INotebookTree } from '@jupyter-notebook/tree';

import { localeOf, TimeFormat } from '../format/time';
import { CommandIDs, DOMAIN, ICompare, IWorkspaceModel, type IComparison } from '../tokens';
import { optional, textOf } from '../ui/args';
import { compareIcon } from '../ui/icons';
import { Place } from '../ui/place';
import { told } from '../workspace/commands';
import type { CompareWidget } from './widget';

const OPEN = 'jupyter-repro:open-comparison';

export const comparePlugin: JupyterFrontEndPlugin<ICompare> = {
  id: 'jupyter-repro:compare',
  description: 'Differences between two commits, or a commit and the working directory.',
  autoStart: true,
  provides: ICompare,
  requires: [IWorkspaceModel, IRenderMimeRegistry, IEditorServices, IEditorLanguageRegistry],
  optional: [ILayoutRestorer, ITranslator, ILabShell, INotebookTree],
  activate: (
    app: JupyterFrontEnd,
    workspace: IWorkspaceModel,
    rendermime: IRenderMimeRegistry,
    editors: IEditorServices,
    languages: IEditorLanguageRegistry,
    restorer: ILayoutRestorer | null,
    given: ITranslator | null,
    labShell: ILabShell | null,
    tree: INotebookTree | null
  ): ICompare => {
    const translator = given ?? nullTranslator;
    const trans = translator.load(DOMAIN);
    const { commands } = app;
    const place = new Place(app.shell, labShell, tree);
    const time = new TimeFormat(localeOf(translator.languageCode));
    const tracker = new WidgetTracker<MainAreaWidget<CompareWidget>>({
      namespace: 'jupyter-repro-comparisons'
    });

    const compare: ICompare = {
      open: async comparison => {
        // First of all: whoever clicks twice while they load gets one tab.
        const [{ CompareModel }, { CompareWidget }] = await Promise.all([
          import('./model'),
          import('./widget')
        ]);
        const same = tracker.find(({ content }) => isSame(content.model.comparison, comparison));
        if (same !== undefined) {
          place.show(same);
          if (comparison.path !== undefined) {
            await same.content.model.select(comparison.path);
          }
          return;
        }
        const model = new CompareModel(workspace, comparison);
        const content = new CompareWidget(model, {
          trans,
          time,
          commands,
          rendermime,
          editors,
          languages,
          translator
        });
        const widget = new MainAreaWidget({ content });
        widget.id = `jupyter-repro-compare-${keyOf(comparison)}`;
        place.add(widget, 'Comparison');
        void tracker.add(widget);
        // The chosen file is part of what a reload brings back.
        model.changed.connect(() => void tracker.save(widget));
        await model.load();
      }
    };

    addCompareCommands(commands, workspace, compare, trans);
    commands.addCommand(OPEN, {
      label: trans.__('Comparison'),
      execute: args => compare.open(args as unknown as IComparison)
    });
    if (restorer !== null) {
      void restorer.restore(tracker, {
        command: OPEN,
        args: ({ content: { model } }) => ({
          ...model.comparison,
          ...(model.selected === null ? {} : { path: model.selected })
        }),
        name: ({ content: { model } }) => keyOf(model.comparison)
      });
    }
    return compare;
  }
};

function addCompareCommands(
  commands: JupyterFrontEnd['commands'],
  workspace: IWorkspaceModel,
  compare: ICompare,
  trans: TranslationBundle
): void {
  const open = (a: string, b: string | null, path?: string): Promise<boolean> =>
    told(trans, trans.__('Compare'), async () => {
      const { state } = workspace;
      if (state !== null) {
        await compare.open({
          project: state.project.id,
          a,
          b,
          workspace: b === null ? state.workspace.id : null,
          ...(path === undefined ? {} : { path })
        });
      }
    });
  commands.addCommand(CommandIDs.compare, {
    label: trans.__('Compare With Current'),
    icon: compareIcon,
    isEnabled: () => workspace.state !== null,
    execute: args => open(textOf(args, 'commit'), optional(args, 'with'))
  });

  commands.addCommand(CommandIDs.compareFile, {
    label: args =>
      optional(args, 'with') === null
        ? trans.__('Compare With Current')
        : trans.__('What Changed in It'),
    icon: compareIcon,
    isEnabled: () => workspace.state !== null,
    execute: args => open(textOf(args, 'commit'), optional(args, 'with'), textOf(args, 'path'))
  });

  commands.addCommand(CommandIDs.review, {
    label: trans.__('Review Changes'),
    caption: trans.__('What differs from the last checkpoint'),
    icon: compareIcon,
    isEnabled: () => (workspace.state?.commit ?? null) !== null,
    execute: () => {
      const commit = workspace.state?.commit ?? null;
      return commit === null ? false : open(commit.id, null);
    }
  });
}

function keyOf({ a, b, workspace }: IComparison): string {
  return `${a}-${b ?? workspace ?? ''}`;
}

function isSame(one: IComparison, other: IComparison): boolean {
  return one.project === other.project && keyOf(one) === keyOf(other);
}
