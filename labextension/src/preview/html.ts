/** Past HTML in a frame that may run nothing and load nothing from elsewhere. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { Widget } from '@lumino/widgets';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

export class HTMLViewer extends Widget {
  constructor(context: DocumentRegistry.Context, label: string) {
    super();
    this.addClass('jpr-HTMLViewer');
    const frame = document.createElement('iframe');
    // No value: neither scripts, nor forms, nor pop-ups, nor the page's origin.
    frame.setAttribute('sandbox', '');
    frame.title = label;
    this.node.append(frame);
    void context.ready.then(() => {
      if (this.isDisposed) {
        return;
      }
      frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">${context.model.toString()}`;
    });
  }
}
