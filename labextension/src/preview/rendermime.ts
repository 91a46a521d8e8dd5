/**
 * Renderers for outputs of past notebooks. What the server's notary signed may show all its formats, but nothing that
 * comes out of a stored file runs as a script: HTML is always sanitized, SVG is a picture, JavaScript has no renderer.
 */
import { MimeModel, RenderedHTML, type IRenderMime } from '@jupyterlab/rendermime';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

const SCRIPTS = ['application/javascript', 'text/javascript'];
const SVG = 'image/svg+xml';

/** A copy of Lab's registry that runs nothing. */
export function inert(
  registry: IRenderMimeRegistry,
  resolver?: IRenderMime.IResolver
): IRenderMimeRegistry {
  const copy = registry.clone({ resolver });
  SCRIPTS.forEach(mimeType => copy.removeMimeType(mimeType));
  copy.addFactory(
    { safe: true, mimeTypes: ['text/html'], createRenderer: options => new SanitizedHTML(options) },
    registry.getFactory('text/html')?.defaultRank
  );
  copy.addFactory(
    { safe: true, mimeTypes: [SVG], createRenderer: () => new PictureOfSVG() },
    registry.getFactory(SVG)?.defaultRank
  );
  return copy;
}

class SanitizedHTML extends RenderedHTML {
  override render(model: IRenderMime.IMimeModel): Promise<void> {
    return super.render(
      new MimeModel({ trusted: false, data: model.data, metadata: model.metadata })
    );
  }
}

class PictureOfSVG extends Widget implements IRenderMime.IRenderer {
  constructor() {
    super();
    this.addClass('jp-RenderedImage');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    // An image element loads no scripts and nothing from elsewhere.
    const data = model.data[SVG];
    const source = Array.isArray(data) ? data.join('') : typeof data === 'string' ? data : '';
    const image = document.createElement('img');
    image.src = `data:${SVG};charset=utf-8,${encodeURIComponent(source)}`;
    image.alt = '';
    this.node.replaceChildren(image);
    return Promise.resolve();
  }
}
