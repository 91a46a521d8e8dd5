/** Wires the workspace: the model of its state, the open documents, and the commands on both. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { Contents, Event } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Api } from '../api/client';
import { liesIn } from '../format/names';
import { CommandIDs, DOMAIN, IDocuments, IWorkspaceModel } from '../tokens';
import { addWorkspaceCommands } from './commands';
import { Documents } from './documents';
import { WorkspaceModel } from './model';
import { DEFAULTS, SETTINGS_ID, settingsOf, type ISettings } from './settings';

const EVENT_PREFIX = 'urn:jupyter-repro:event:';
const DECLINED = 'jupyter-repro:declined';

/** The state of the workspace that the file browser is in. */
export const workspacePlugin: JupyterFrontEndPlugin<IWorkspaceModel> = {
  id: 'jupyter-repro:workspace',
  description: 'State of the protected workspace, and the verbs on it.',
  autoStart: true,
  provides: IWorkspaceModel,
  optional: [IDefaultFileBrowser, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    browser: IDefaultFileBrowser | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): IWorkspaceModel => {
    const { serviceManager } = app;
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const model = new WorkspaceModel({
      api: new Api(serviceManager.serverSettings, undefined, trans)
    });
    const { contents } = serviceManager;

    const follow = (): void => {
      const path = browser?.model.path ?? '';
      if (contents.driveName(path) === '') {
        model.directory = contents.localPath(path);
      }
    };
    browser?.model.pathChanged.connect(follow);

    contents.fileChanged.connect((_: unknown, { newValue, oldValue }: Contents.IChangedArgs) => {
      const path = newValue?.path ?? oldValue?.path ?? '';
      const root = model.state?.workspace.server_path ?? null;
      if (
        root !== null &&
        contents.driveName(path) === '' &&
        liesIn(contents.localPath(path), root)
      ) {
        model.hint('files');
      }
    });

    serviceManager.events.stream.connect((_: unknown, event: Event.Emission) => {
      if (event.schema_id.startsWith(EVENT_PREFIX)) {
        onEvent(model, event);
      }
    });

    void registry
      ?.load(SETTINGS_ID)
      .then(settings => {
        const apply = (): void => {
          model.interval = settingsOf(settings).refreshSeconds;
        };
        settings.changed.connect(apply);
        apply();
      })
      .catch((error: unknown) => console.error(error));

    // The first question waits until the page is there, so that it costs the start nothing.
    void app.restored.then(() => {
      follow();
      return model.refresh();
    });
    return model;
  }
};

function onEvent(model: WorkspaceModel, event: Event.Emission): void {
  const workspace = model.state?.workspace.id;
  if (typeof event.project === 'string' && event.project !== model.state?.project.id) {
    return;
  }
  const kind = event.schema_id.slice(EVENT_PREFIX.length).split(':', 1)[0];
  if (kind === 'environment') {
    if (event.what === 'selected' || event.what === 'activated') {
      model.hint('files');
    }
  } else if (kind !== 'task') {
    model.hint('history');
    if (event.workspace === workspace && (kind === 'restore' || kind === 'switch')) {
      model.filesWritten();
    }
  } else if (event.workspace === workspace) {
    model.hint('files');
  }
}

/** Open documents, and all commands that are about the workspace as a whole. */
export const documentsPlugin: JupyterFrontEndPlugin<IDocuments> = {
  id: 'jupyter-repro:documents',
  description:
    'Saves documents before a checkpoint or restore and reloads them after; the commands for both.',
  autoStart: true,
  provides: IDocuments,
  requires: [IWorkspaceModel, IDocumentManager],
  optional: [ISettingRegistry, IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    workspace: IWorkspaceModel,
    docManager: IDocumentManager,
    registry: ISettingRegistry | null,
    stateDB: IStateDB | null,
    translator: ITranslator | null
  ): IDocuments => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const loaded = registry?.load(SETTINGS_ID).catch(() => null) ?? Promise.resolve(null);
    let settings: ISettings = DEFAULTS;
    void loaded.then(found => {
      if (found !== null) {
        const read = (): void => {
          settings = settingsOf(found);
        };
        found.changed.connect(read);
        read();
      }
    });
    const documents = new Documents({
      app,
      docManager,
      workspace,
      trans,
      policy: () => settings.saveBefore,
      setPolicy: policy => {
        void loaded.then(found => found?.set('saveBefore', policy));
      }
    });
    workspace.filesChanged.connect(() => void documents.reload());
    addWorkspaceCommands({ commands: app.commands, workspace, documents, trans });
    if (stateDB !== null) {
      offerOnce(
        app,
        workspace,
        stateDB,
        loaded.then(() => settings.offerProtection),
        trans
      );
    }
    return documents;
  }
};

/** In a directory that is not protected: one notification, once for each directory. */
function offerOnce(
  app: JupyterFrontEnd,
  workspace: IWorkspaceModel,
  stateDB: IStateDB,
  wanted: Promise<boolean>,
  trans: ReturnType<ITranslator['load']>
): void {
  const look = async (): Promise<void> => {
    const { here } = workspace;
    if (here === null) {
      return;
    }
    // Only where the server was started: browsing around is no reason to ask.
    workspace.changed.disconnect(onChanged);
    if (here.protected || !here.can_protect || here.server_path !== '' || !(await wanted)) {
      return;
    }
    const declined = (await stateDB.fetch(DECLINED)) as string[] | undefined;
    if (declined?.includes(here.directory) === true) {
      return;
    }
    const id = Notification.info(
      trans.__('Keep a history of this folder? Every checkpoint keeps all of its files.'),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Protect'),
            displayType: 'accent',
            callback: () => {
              void app.commands.execute(CommandIDs.protect);
              void app.commands.execute(CommandIDs.openHistory);
            }
          },
          {
            label: trans.__('Not here'),
            callback: () => void stateDB.save(DECLINED, [...(declined ?? []), here.directory])
          }
        ]
      }
    );
    const answered = (): void => {
      if (workspace.state !== null) {
        workspace.changed.disconnect(answered);
        Notification.dismiss(id);
      }
    };
    workspace.changed.connect(answered);
  };
  const onChanged = (): void => void look();
  workspace.changed.connect(onChanged);
}
