/** Images, tables, and what has neither: sides next to each other. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DiffSide, FileDiff, TableDiff } from '../api/client';
import { formatBytes } from '../format/size';
import { Failed } from '../ui/failed';
import { useSignal } from '../ui/hooks';
import type { CompareModel } from './model';

interface IDetail {
  model: CompareModel;
  trans: TranslationBundle;
}

/** Everything that React draws; notebooks and text are widgets of their own. */
export function Detail({ model, trans }: IDetail): React.JSX.Element {
  useSignal(model.changed);
  const { detail } = model;
  switch (detail.kind) {
    case 'loading':
      return <p className="jpr-Empty">{trans.__('Comparing…')}</p>;
    case 'failed':
      return <Failed message={detail.message} trans={trans} again={() => void model.retry()} />;
    case 'table':
      return <Table diff={detail.diff} trans={trans} />;
    case 'image':
      return <Images model={model} file={detail.file} trans={trans} />;
    case 'about':
      return <About model={model} file={detail.file} trans={trans} />;
    case 'none':
      return model.counts === null ? (
        <></>
      ) : (
        <p className="jpr-Empty">{trans.__('Nothing differs.')}</p>
      );
    default:
      return <></>;
  }
}

interface IFile extends IDetail {
  file: FileDiff;
}

function Images({ model, file, trans }: IFile): React.JSX.Element {
  const { a, b } = file;
  if (model.options.layout === 'inline' && a !== null && b !== null) {
    return <Swipe before={model.urlOf(a)} after={model.urlOf(b)} trans={trans} />;
  }
  const side = (label: string, one: DiffSide | null): React.JSX.Element => (
    <figure className="jpr-Picture">
      {one === null ? (
        <div className="jpr-Picture-none">{trans.__('not there')}</div>
      ) : (
        <Picture url={model.urlOf(one)} label={label} />
      )}
      <figcaption>
        {label}
        {one !== null && ` · ${formatBytes(one.size)}`}
      </figcaption>
    </figure>
  );
  return (
    <div className="jpr-Pictures">
      {side(trans.__('Before'), a)}
      {side(trans.__('After'), b)}
    </div>
  );
}

function Picture({ url, label }: { url: string; label: string }): React.JSX.Element {
  const [size, setSize] = React.useState('');
  return (
    <>
      <img
        src={url}
        alt={label}
        onLoad={event => {
          const { naturalWidth, naturalHeight } = event.currentTarget;
          setSize(`${naturalWidth} × ${naturalHeight}`);
        }}
      />
      <span className="jpr-mod-dim">{size}</span>
    </>
  );
}

/** One image over the other, with a border that follows a slider. */
function Swipe(props: {
  before: string;
  after: string;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { before, after, trans } = props;
  const [share, setShare] = React.useState(50);
  return (
    <div className="jpr-Swipe">
      <input
        type="range"
        min={0}
        max={100}
        value={share}
        aria-label={trans.__('How much of the older image is shown')}
        onChange={event => setShare(Number(event.target.value))}
      />
      <div className="jpr-Swipe-labels">
        <span>{trans.__('Before')}</span>
        <span>{trans.__('After')}</span>
      </div>
      <div className="jpr-Swipe-images">
        <img src={after} alt={trans.__('After')} />
        <img
          src={before}
          alt={trans.__('Before')}
          style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}
        />
        <span className="jpr-Swipe-line" style={{ left: `${share}%` }} />
      </div>
    </div>
  );
}

function Table({ diff, trans }: { diff: TableDiff; trans: TranslationBundle }): React.JSX.Element {
  return (
    <div
      className="jpr-TableDiff"
      tabIndex={0}
      role="region"
      aria-label={trans.__('Changed cells')}
    >
      <p className="jpr-mod-dim">
        {trans.__(
          'Rows: %1 added, %2 changed, %3 deleted',
          diff.added,
          diff.modified,
          diff.deleted
        )}
        {diff.truncated && ` · ${trans.__('only the first of them are shown')}`}
      </p>
      <table>
        <thead>
          <tr>
            <th aria-label={trans.__('Row before')} />
            <th aria-label={trans.__('Row after')} />
            {diff.columns.map((column, at) => (
              <th key={at} className={`jpr-mod-${column.change}`}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {diff.rows.map((row, at) => {
            const previous = diff.rows[at - 1];
            const gap = previous !== undefined && !follows(previous, row);
            return (
              <React.Fragment key={at}>
                {gap && (
                  <tr className="jpr-mod-gap" aria-hidden="true">
                    <td colSpan={diff.columns.length + 2}>⋯</td>
                  </tr>
                )}
                <tr className={`jpr-mod-row-${row.change}`}>
                  <td className="jpr-mod-line">{row.old_line}</td>
                  <td className="jpr-mod-line">{row.new_line}</td>
                  {row.cells.map((cell, column) => (
                    <td key={column}>
                      {cell.old === cell.new || row.change === 'same' ? (
                        cell.new
                      ) : (
                        <>
                          {cell.old !== null && <del>{cell.old}</del>}
                          {cell.old !== null && cell.new !== null && ' '}
                          {cell.new !== null && <ins>{cell.new}</ins>}
                        </>
                      )}
                    </td>
                  ))}
                </tr>
              </React.Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function follows(a: TableDiff['rows'][number], b: TableDiff['rows'][number]): boolean {
  return (
    (a.old_line !== null && a.old_line + 1 === b.old_line) ||
    (a.new_line !== null && a.new_line + 1 === b.new_line)
  );
}

function About({ model, file, trans }: IFile): React.JSX.Element {
  const side = (label: string, one: DiffSide | null): React.JSX.Element => (
    <section className="jpr-AboutSide">
      <h3>{label}</h3>
      {one === null ? (
        <p className="jpr-mod-dim">{trans.__('not there')}</p>
      ) : (
        <dl>
          <dt>{trans.__('Size')}</dt>
          <dd>
            {formatBytes(one.size)} ({trans.__('%1 bytes', one.size.toLocaleString())})
          </dd>
          <dt>{trans.__('Type')}</dt>
          <dd>{one.media_type}</dd>
          <dt>{trans.__('BLAKE3')}</dt>
          <dd>
            <code>{one.hash ?? trans.__('not computed')}</code>
          </dd>
          <dt>{trans.__('Mode')}</dt>
          <dd>{one.mode.toString(8)}</dd>
        </dl>
      )}
      {one !== null && (
        <a className="jpr-Button" href={model.urlOf(one)} download="">
          {trans.__('Download')}
        </a>
      )}
    </section>
  );
  return (
    <div className="jpr-AboutSides">
      <p>
        {file.too_large
          ? trans.__('These files are too large to compare line by line.')
          : trans.__('There is no view for the difference of such files.')}
      </p>
      <div>
        {side(trans.__('Before'), file.a)}
        {side(trans.__('After'), file.b)}
      </div>
    </div>
  );
}
