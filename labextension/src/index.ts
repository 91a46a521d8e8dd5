import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Widget } from '@lumino/widgets';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-repro:history',
  description: 'History sidebar.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    const w = new Widget();
    w.id = 'jpr-history';
    w.title.label = 'History';
    app.shell.add(w, 'left');
  }
};

export default [plugin];
