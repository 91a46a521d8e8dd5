/** Wires the drive of past files, its read-only viewers, and the tab that browses a whole commit. */
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { INotebookTree } from '@jupyter-notebook/tree';
import * as React from 'react';

import { localeOf, TimeFormat } from '../format/time';
import { CommandIDs, DOMAIN, IPreview, IWorkspaceModel } from '../tokens';
import { Place } from '../ui/place';
import { widgetOf } from '../ui/widgets';
import { BannerModel } from './banner-model';
import { Banner } from './banner-view';
import { BrowseModel } from './browse-model';
import { BrowseWidget, type ILook } from './browse-widget';
import { addPreviewCommands, BRIEF } from './commands';
import { CommitDrive } from './drive';
import { iconFor, register, viewerFor } from './factories';
import { DRIVE, drivePathOf, parse } from './path';

export const previewPlugin: JupyterFrontEndPlugin<IPreview> = {
  id: 'jupyter-repro:preview',
  description: 'Files of any commit, read-only, in the viewers of Lab.',
  autoStart: true,
  provides: IPreview,
  requires: [IWorkspaceModel, IDocumentManager, IRenderMimeRegistry, IEditorServices],
  optional: [NotebookPanel.IContentFactory, ILayoutRestorer, ITranslator, ILabShell, INotebookTree],
  activate: (
    app: JupyterFrontEnd,
    workspace: IWorkspaceModel,
    docManager: IDocumentManager,
    rendermime: IRenderMimeRegistry,
    editors: IEditorServices,
    contentFactory: NotebookPanel.IContentFactory | null,
    restorer: ILayoutRestorer | null,
    given: ITranslator | null,
    labShell: ILabShell | null,
    tree: INotebookTree | null
  ): IPreview => {
    const translator = given ?? nullTranslator;
    const trans = translator.load(DOMAIN);
    const time = new TimeFormat(localeOf(translator.languageCode));
    const { commands } = app;
    const place = new Place(app.shell, labShell, tree);

    // Both at once: a page that was opened by URL asks for them before anything else happens.
    const refused = (): void => {
      Notification.warning(
        trans.__(
          'A checkpoint never changes: “Copy into workspace” makes a file that can be changed.'
        ),
        { autoClose: BRIEF }
      );
    };
    app.serviceManager.contents.addDrive(new CommitDrive(workspace.api, refused));
    const files = new WidgetTracker<IDocumentWidget>({ namespace: 'jupyter-repro-files' });
    /** Which viewer shows it, to be asked for again after a reload. */
    const shownBy = new WeakMap<IDocumentWidget, string>();
    register({
      api: workspace.api,
      registry: docManager.registry,
      rendermime,
      contentFactory,
      editors,
      translator,
      trans,
      onCreated: (widget, factory) => {
        const file = parse(widget.context.path);
        if (file !== null) {
          dress(widget, new BannerModel(workspace, file), { trans, time, commands });
          shownBy.set(widget, factory);
          void files.add(widget);
        }
      }
    });

    const trees = new WidgetTracker<MainAreaWidget<BrowseWidget>>({
      namespace: 'jupyter-repro-trees'
    });
    /** How many files were asked for. */
    let opened = 0;
    const preview: IPreview = {
      open: async file => {
        const { project, commit, path } = file;
        const turn = ++opened;
        const about = await workspace.api.call(
          'get',
          '/projects/{project}/commits/{commit}/contents',
          { path: { project, commit }, query: { path, content: false } }
        );
        if (about.type === 'directory') {
          return preview.browse(project, commit);
        }
        const drivePath = drivePathOf(file);
        docManager.openOrReveal(
          drivePath,
          viewerFor(drivePath, about.size ?? 0, docManager.registry),
          undefined,
          // What was clicked last comes to the front, whichever answer is first.
          { activate: turn === opened }
        );
      },
      browse: (project, commit) => {
        const open = trees.find(({ content }) => content.model.id === commit);
        if (open !== undefined) {
          place.show(open);
          return Promise.resolve();
        }
        const model = new BrowseModel(workspace, project, commit);
        const content = new BrowseWidget(model, docManager, { trans, time, commands });
        const widget = new MainAreaWidget({ content });
        widget.id = `jupyter-repro-tree-${commit}`;
        place.add(widget, 'Past Files');
        void trees.add(widget);
        return model.load();
      }
    };
    addPreviewCommands({
      commands,
      workspace,
      preview,
      trans,
      openFile: path => void docManager.openOrReveal(path)
    });

    openByAddress(app);

    if (restorer !== null) {
      void restorer.restore(files, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: shownBy.get(widget) ?? '' }),
        name: ({ context }) => context.path
      });
      void restorer.restore(trees, {
        command: CommandIDs.browse,
        args: ({ content: { model } }) => ({ project: model.project, commit: model.id }),
        name: ({ content: { model } }) => model.id
      });
    }
    return preview;
  }
};

/**
 * Opens the past file that the page's address names, as it does while one is in front. Lab itself would look for a
 * file browser of the drive, find none and complain.
 */
function openByAddress({ commands, restored }: JupyterFrontEnd): void {
  const address = PageConfig.getOption('treePath');
  if (!address.startsWith(`${DRIVE}:`)) {
    return;
  }
  PageConfig.setOption('treePath', '');
  const file = parse(address);
  if (file !== null) {
    const { project, commit, path } = file;
    void restored.then(() => commands.execute(CommandIDs.preview, { project, commit, path }));
  }
}

/** Puts the banner over a file. The tab keeps the drive's name for it: Lab takes another label for a wish to rename. */
function dress(
  widget: IDocumentWidget,
  model: BannerModel,
  { trans, time, commands }: ILook
): void {
  widget.addClass('jpr-Past');
  // The banner says all that the toolbar and its "read only" would.
  widget.toolbar.hide();
  widget.title.icon = iconFor(widget.context.path);
  const banner = React.createElement(Banner, { model, trans, time, commands });
  (widget as unknown as MainAreaWidget).contentHeader.addWidget(widgetOf(banner, 'jpr-Banner'));
  widget.disposed.connect(() => model.dispose());
}
