/** Icons that Lab lacks, drawn on its 16 pixel grid with its icon colours. */
import { LabIcon } from '@jupyterlab/ui-components';

const draw = (name: string, body: string): LabIcon =>
  new LabIcon({
    name: `jupyter-repro:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16">
<g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">${body}</g></svg>`
  });

/** A clock that runs backwards: the sidebar. */
export const historyIcon = new LabIcon({
  name: 'jupyter-repro:history',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16">
<path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M8.6 2.2A5.8 5.8 0 0 0 2.9 7.3H1.2l2.3 2.8 2.4-2.8H4.3a4.4 4.4 0 1 1 1.4 3.9l-1 1A5.8 5.8 0 1 0 8.6 2.2Zm-.6 2.6v3.7l2.9 1.8.6-1-2.3-1.4V4.8Z"/></svg>`
});

/** Lines that part. */
export const branchIcon = draw(
  'branch',
  '<circle cx="4.5" cy="3.5" r="1.6"/><circle cx="4.5" cy="12.5" r="1.6"/><circle cx="11.5" cy="5.5" r="1.6"/><path d="M4.5 5.1v5.8M11.5 7.1c0 2.2-3.5 1.9-6.2 3.8"/>'
);

/** Two arrows against each other. */
export const compareIcon = draw(
  'compare',
  '<path d="M2.5 5.5h10m-3-3 3 3-3 3M13.5 10.5h-10m3-3-3 3 3 3"/>'
);

/** A folder with a way out of the past. */
export const browseIcon = draw(
  'browse',
  '<path d="M1.8 12.8v-9.6h4.1l1.5 1.7h6.8v7.9Z"/><path d="M4.8 8.3h6.4M4.8 10.4h4.2"/>'
);

/** A copy that comes out of a box. */
export const recreateIcon = draw(
  'recreate',
  '<path d="M2.2 6.2v7.6h7.6M5.4 2.2h8.4v8.4H5.4ZM9.6 4.4v4M7.6 6.4h4"/>'
);

/** A luggage label. */
export const tagIcon = draw(
  'tag',
  '<path d="M2.2 2.2h5.6l6 6-5.6 5.6-6-6Z"/><circle cx="5.2" cy="5.2" r=".9"/>'
);

/** Boxes on each other: what is installed. */
export const environmentIcon = draw(
  'environment',
  '<path d="M8 1.8 14 5 8 8.2 2 5Z"/><path d="m2 8 6 3.2L14 8M2 11l6 3.2 6-3.2"/>'
);
