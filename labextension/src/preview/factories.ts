/**
 * File types and viewers of past files. Each type matches a name with the drive's mark and nothing else, and each has
 * one viewer: read-only, without a kernel. Registered at once when the plugin starts: Notebook 7 opens by URL.
 */
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { CSVDocumentWidget } from '@jupyterlab/csvviewer';
import {
  ABCWidgetFactory,
  Base64ModelFactory,
  DocumentWidget,
  MimeDocumentFactory,
  TextModelFactory,
  type DocumentRegistry,
  type IDocumentWidget
} from '@jupyterlab/docregistry';
import { ImageViewer } from '@jupyterlab/imageviewer';
import { MarkdownDocument, MarkdownViewer } from '@jupyterlab/markdownviewer';
import { type NotebookPanel, StaticNotebook } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import {
  fileIcon,
  html5Icon,
  imageIcon,
  markdownIcon,
  notebookIcon,
  pdfIcon,
  spreadsheetIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import type { Api } from '../api/client';
import { baseName } from '../format/names';
import { FileModel } from './file-model';
import { FileViewer } from './file-view';
import { HTMLViewer } from './html';
import { NOTEBOOK_MODEL, PastNotebookFactory, PastNotebookModelFactory } from './notebook';
import { parse, unmarked } from './path';
import { inert } from './rendermime';
import { CommitResolver } from './resolver';

const NOTHING_MODEL = 'repro-nothing';
const MARKDOWN = 'text/markdown';

/** Bytes above which a viewer that must take the whole file at once would hang the page. */
const MOST: Readonly<Record<string, number>> = {
  'repro-notebook': 200_000_000,
  'repro-csv': 100_000_000,
  'repro-tsv': 100_000_000,
  'repro-markdown': 20_000_000,
  'repro-html': 50_000_000
};

interface IKind {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly mimeTypes?: string[];
  readonly icon: LabIcon;
  readonly format: Contents.FileFormat;
}

const KINDS: readonly IKind[] = [
  {
    name: 'repro-notebook',
    extensions: ['ipynb'],
    icon: notebookIcon,
    format: 'json'
  },
  {
    name: 'repro-image',
    extensions: ['png', 'jpe?g', 'gif', 'svg', 'webp', 'bmp', 'ico', 'avif'],
    icon: imageIcon,
    format: 'base64'
  },
  {
    name: 'repro-csv',
    extensions: ['csv'],
    icon: spreadsheetIcon,
    format: 'text'
  },
  {
    name: 'repro-tsv',
    extensions: ['tsv'],
    icon: spreadsheetIcon,
    format: 'text'
  },
  {
    name: 'repro-markdown',
    extensions: ['md', 'markdown', 'mkd'],
    icon: markdownIcon,
    format: 'text'
  },
  {
    name: 'repro-pdf',
    extensions: ['pdf'],
    mimeTypes: ['application/pdf'],
    icon: pdfIcon,
    format: 'base64'
  },
  {
    name: 'repro-html',
    extensions: ['html?'],
    icon: html5Icon,
    format: 'text'
  },
  // Last: whatever else carries the mark.
  { name: 'repro-file', extensions: [], icon: fileIcon, format: 'text' }
];

/** What Lab calls these types where it lists types. */
function labelsOf(trans: TranslationBundle): Readonly<Record<string, string>> {
  return {
    'repro-notebook': trans.__('Past Notebook'),
    'repro-image': trans.__('Past Image'),
    'repro-csv': trans.__('Past CSV'),
    'repro-tsv': trans.__('Past TSV'),
    'repro-markdown': trans.__('Past Markdown'),
    'repro-pdf': trans.__('Past PDF'),
    'repro-html': trans.__('Past HTML'),
    'repro-file': trans.__('Past File')
  };
}

const ANY = 'repro-file';

/** The viewer that takes any file: it asks what it is before it reads it. */
export const ANY_FACTORY = factoryName(ANY);

/** Name of the viewer of a file type. */
function factoryName(type: string): string {
  return `Repro ${type.replace('repro-', '')}`;
}

const kindOf = (path: string): IKind | undefined =>
  KINDS.find(({ extensions, name }) => patternOf(extensions, name).test(baseName(path)));

/** Icon for a path on the drive. */
export function iconFor(path: string): LabIcon {
  return kindOf(path)?.icon ?? fileIcon;
}

/** Name of the viewer for a path on the drive and the size of its file. */
export function viewerFor(path: string, size: number, registry: DocumentRegistry): string {
  const kind = kindOf(path);
  if (kind === undefined || size > (MOST[kind.name] ?? Number.POSITIVE_INFINITY)) {
    return ANY_FACTORY;
  }
  return registry.getWidgetFactory(factoryName(kind.name)) === undefined
    ? ANY_FACTORY
    : factoryName(kind.name);
}

function patternOf(extensions: readonly string[], name: string): RegExp {
  // Notebook 7 asks with the path as it stands in the address of its page.
  const mark = '(?: @ |%20(?:@|%40)%20)[0-9a-f]{8}$';
  return name === 'repro-file'
    ? new RegExp(mark)
    : new RegExp(`\\.(?:${extensions.join('|')})${mark}`, 'i');
}

/** What the viewers are made of. */
export interface IParts {
  api: Api;
  registry: DocumentRegistry;
  rendermime: IRenderMimeRegistry;
  contentFactory: NotebookPanel.IContentFactory | null;
  editors: IEditorServices;
  translator: ITranslator;
  trans: TranslationBundle;
  /** Called for each viewer that is made, with the name of its factory. */
  onCreated(widget: IDocumentWidget, factory: string): void;
}

/** Makes types, models and viewers known to the registry. */
export function register(parts: IParts): void {
  const { registry, trans } = parts;
  const labels = labelsOf(trans);
  registry.addModelFactory(new PastNotebookModelFactory());
  registry.addModelFactory(new NothingModelFactory());
  if (registry.getModelFactory('base64') === undefined) {
    registry.addModelFactory(new Base64ModelFactory());
  }
  /** Types whose viewer this Lab does not have: the last one takes them. */
  const orphans: string[] = [];
  for (const { name, extensions, mimeTypes, icon, format } of KINDS) {
    registry.addFileType({
      name,
      displayName: labels[name],
      pattern: patternOf(extensions, name).source,
      extensions: [],
      mimeTypes: mimeTypes ?? [],
      icon,
      fileFormat: format,
      contentType: 'file'
    });
    const factory = viewerOf(name, parts, orphans);
    if (factory === null) {
      orphans.push(name);
    } else {
      factory.widgetCreated.connect((_, widget) => parts.onCreated(widget, factory.name));
      registry.addWidgetFactory(factory);
    }
  }
}

/** What separates the columns, by the first line: a comma unless another is more frequent. */
function delimiterOf(text: string): string {
  const line = text.slice(0, 10_000).split('\n', 1)[0] ?? '';
  const count = (mark: string): number => line.split(mark).length;
  return [',', ';', '\t', '|'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** A model that reads nothing: the viewer reads what it wants. */
class NothingModelFactory extends TextModelFactory {
  override get name(): string {
    return NOTHING_MODEL;
  }

  // A null format tells the document manager to ask for no content.
  override get fileFormat(): Contents.FileFormat {
    return null;
  }
}

type Content<W extends Widget> = (context: DocumentRegistry.Context) => IDocumentWidget<W>;

class ViewerFactory<W extends Widget> extends ABCWidgetFactory<IDocumentWidget<W>> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<IDocumentWidget<W>>,
    private readonly _make: Content<W>
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.Context): IDocumentWidget<W> {
    return this._make(context);
  }
}

function optionsOf(
  type: string,
  modelName: string,
  translator: ITranslator,
  orphans: readonly string[] = []
) {
  return {
    name: factoryName(type),
    modelName,
    fileTypes: [type, ...orphans],
    defaultFor: [type, ...orphans],
    readOnly: true,
    preferKernel: false,
    canStartKernel: false,
    autoStartDefault: false,
    toolbarFactory: () => [],
    translator
  };
}

function viewerOf(
  type: string,
  parts: IParts,
  orphans: readonly string[]
): DocumentRegistry.IWidgetFactory<IDocumentWidget, DocumentRegistry.IModel> | null {
  const { rendermime, translator, trans, editors, api, registry } = parts;
  const viewer = (modelName: string, make: Content<Widget>) =>
    new ViewerFactory(optionsOf(type, modelName, translator, type === ANY ? orphans : []), make);
  switch (type) {
    case 'repro-notebook':
      return parts.contentFactory === null
        ? null
        : new PastNotebookFactory({
            ...optionsOf(type, NOTEBOOK_MODEL, translator),
            rendermime,
            contentFactory: parts.contentFactory,
            mimeTypeService: editors.mimeTypeService,
            editorConfig: StaticNotebook.defaultEditorConfig,
            notebookConfig: StaticNotebook.defaultNotebookConfig
          });
    case 'repro-image':
      return viewer(
        'base64',
        context => new DocumentWidget({ content: new ImageViewer(context), context })
      );
    case 'repro-csv':
      return viewer('text', context => {
        const widget = new CSVDocumentWidget({ context, translator });
        void context.ready.then(() => {
          if (!widget.isDisposed) {
            widget.content.delimiter = delimiterOf(context.model.toString());
          }
        });
        return widget;
      });
    case 'repro-tsv':
      return viewer(
        'text',
        context => new CSVDocumentWidget({ context, translator, delimiter: '\t' })
      );
    case 'repro-markdown':
      return viewer('text', context => {
        const renderer = inert(rendermime, new CommitResolver(context)).createRenderer(MARKDOWN);
        const content = new MarkdownViewer({ context, renderer });
        return new MarkdownDocument({ content, context });
      });
    case 'repro-pdf':
      return rendermime.getFactory('application/pdf') === undefined
        ? null
        : new MimeDocumentFactory({
            ...optionsOf(type, 'base64', translator),
            rendermime,
            primaryFileType: registry.getFileType(type)
          });
    case 'repro-html':
      return viewer('text', context => {
        const name = unmarked(baseName(context.path)) ?? baseName(context.path);
        const content = new HTMLViewer(context, trans.__('Preview of %1', name));
        return new DocumentWidget({ content, context });
      });
    default:
      return viewer(NOTHING_MODEL, context => {
        const file = parse(context.path);
        const model = new FileModel(api, file ?? { project: '', commit: '', path: context.path });
        return new DocumentWidget({ content: new FileViewer(model, editors, trans), context });
      });
  }
}
