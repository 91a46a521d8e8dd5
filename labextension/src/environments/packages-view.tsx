/** Tables of packages, and of what became of them. Only the rows in sight are drawn. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { PackageChange } from '../api/client';
import { printable } from '../format/names';
import { Places } from '../ui/rows';
import { Tree } from '../ui/tree';
import {
  changeRows,
  countKinds,
  packageRows,
  type ChangeOf,
  type ChangesRow,
  type IPackage,
  type PackagesRow
} from './changes';
import { changeName, ecosystemName } from './words';

interface IFilter {
  text: string;
  onChange: (text: string) => void;
  trans: TranslationBundle;
}

function Filter({ text, onChange, trans }: IFilter): React.JSX.Element {
  return (
    <input
      type="search"
      className="jpr-Input"
      value={text}
      placeholder={trans.__('Filter packages')}
      aria-label={trans.__('Filter packages')}
      onChange={event => onChange(event.target.value)}
    />
  );
}

interface IPackages {
  packages: readonly IPackage[];
  trans: TranslationBundle;
  children?: React.ReactNode;
}

/** What is installed: name, version, origin. */
export function Packages({ packages, trans, children }: IPackages): React.JSX.Element {
  const [text, setText] = React.useState('');
  const [focus, setFocus] = React.useState<string | null>(null);
  const rows = React.useMemo(() => packageRows(packages, text), [packages, text]);
  const places = React.useMemo(() => new Places(rows), [rows]);
  const hasOrigins = packages.some(one => (one.origin ?? '') !== '');
  return (
    <div className="jpr-Packages">
      <div className="jpr-Tools">
        {children}
        <Filter text={text} onChange={setText} trans={trans} />
        <span className="jpr-mod-dim" role="status">
          {trans._n('%1 package', '%1 packages', rows.filter(isPackage).length)}
        </span>
      </div>
      <div className="jpr-Table-head jpr-mod-packages" aria-hidden="true">
        <span>{trans.__('Package')}</span>
        <span>{trans.__('Version')}</span>
        <span>{hasOrigins && trans.__('Origin')}</span>
      </div>
      <Tree<PackagesRow>
        label={trans.__('Packages')}
        className="jpr-Table"
        rows={rows}
        places={places}
        focus={focus}
        item={row => ({
          level: row.kind === 'ecosystem' ? 1 : 2,
          label:
            row.kind === 'ecosystem'
              ? `${ecosystemName(row.ecosystem, trans)}, ${row.count}`
              : `${printable(row.package.name)} ${printable(row.package.version)}`,
          className: row.kind === 'ecosystem' ? 'jpr-mod-session' : 'jpr-mod-package'
        })}
        onFocus={row => setFocus(row.key)}
        onClick={() => undefined}
        onKey={() => false}
        onMenu={() => undefined}
      >
        {row =>
          row.kind === 'ecosystem' ? (
            <Ecosystem name={row.ecosystem} count={row.count} trans={trans} />
          ) : (
            <div className="jpr-Table-row jpr-mod-packages">
              <span>{printable(row.package.name)}</span>
              <span>{printable(row.package.version)}</span>
              <span className="jpr-mod-dim" title={row.package.origin}>
                {printable(row.package.origin ?? '')}
              </span>
            </div>
          )
        }
      </Tree>
    </div>
  );
}

function isPackage(row: PackagesRow): boolean {
  return row.kind === 'package';
}

interface IChanges {
  changes: readonly PackageChange[];
  /** What the two sides are called. */
  titles: readonly [string, string];
  trans: TranslationBundle;
  children?: React.ReactNode;
}

const KINDS: readonly ChangeOf[] = ['added', 'removed', 'upgraded', 'downgraded', 'changed'];

/** What differs: package, before, after. */
export function Changes({ changes, titles, trans, children }: IChanges): React.JSX.Element {
  const [text, setText] = React.useState('');
  const [kinds, setKinds] = React.useState<readonly ChangeOf[]>([]);
  const [focus, setFocus] = React.useState<string | null>(null);
  const rows = React.useMemo(() => changeRows(changes, { text, kinds }), [changes, text, kinds]);
  const places = React.useMemo(() => new Places(rows), [rows]);
  const counts = React.useMemo(() => countKinds(changes), [changes]);
  const toggle = (kind: ChangeOf): void =>
    setKinds(kinds.includes(kind) ? kinds.filter(one => one !== kind) : [...kinds, kind]);
  return (
    <div className="jpr-Packages">
      <div className="jpr-Tools">
        {children}
        {changes.length > 0 && (
          <>
            <div className="jpr-Segments" role="group" aria-label={trans.__('Which changes')}>
              {KINDS.filter(kind => counts[kind] > 0).map(kind => (
                <button
                  key={kind}
                  type="button"
                  aria-pressed={kinds.includes(kind)}
                  onClick={() => toggle(kind)}
                >
                  {counts[kind]} {changeName(kind, trans)}
                </button>
              ))}
            </div>
            <Filter text={text} onChange={setText} trans={trans} />
          </>
        )}
      </div>
      {changes.length === 0 ? (
        <p className="jpr-Empty" role="status">
          {trans.__('The same packages on both sides.')}
        </p>
      ) : (
        <>
          <div className="jpr-Table-head" aria-hidden="true">
            <span>{trans.__('Package')}</span>
            <span>{titles[0]}</span>
            <span>{titles[1]}</span>
          </div>
          <Tree<ChangesRow>
            label={trans.__('Changed packages')}
            className="jpr-Table"
            rows={rows}
            places={places}
            focus={focus}
            item={row => ({
              level: row.kind === 'ecosystem' ? 1 : 2,
              label:
                row.kind === 'ecosystem'
                  ? `${ecosystemName(row.ecosystem, trans)}, ${row.count}`
                  : sentenceOf(row.change, trans),
              className: row.kind === 'ecosystem' ? 'jpr-mod-session' : 'jpr-mod-package',
              data: row.kind === 'change' ? { package: row.change.name } : {}
            })}
            onFocus={row => setFocus(row.key)}
            onClick={() => undefined}
            onKey={() => false}
            onMenu={() => undefined}
          >
            {row =>
              row.kind === 'ecosystem' ? (
                <Ecosystem name={row.ecosystem} count={row.count} trans={trans} />
              ) : (
                <ChangeRow change={row.change} trans={trans} />
              )
            }
          </Tree>
        </>
      )}
    </div>
  );
}

function sentenceOf(change: PackageChange, trans: TranslationBundle): string {
  const versions = [change.old, change.new].filter(one => one !== '').map(printable);
  return `${printable(change.name)} ${changeName(change.change, trans)}: ${versions.join(' → ')}`;
}

function Ecosystem(props: {
  name: string;
  count: number;
  trans: TranslationBundle;
}): React.JSX.Element {
  return (
    <div className="jpr-Table-group">
      <b>{ecosystemName(props.name, props.trans)}</b> <span>{props.count}</span>
    </div>
  );
}

const ARROWS: Readonly<Partial<Record<ChangeOf, string>>> = { upgraded: ' ↑', downgraded: ' ↓' };

/** `pandas | 2.3.3 | 3.0.1 ↑`, `pyarrow | – | 22.0.0 added` */
function ChangeRow(props: { change: PackageChange; trans: TranslationBundle }): React.JSX.Element {
  const { change, trans } = props;
  const word = changeName(change.change, trans);
  return (
    <div className={`jpr-Table-row jpr-is-${change.change}`} title={originsOf(change)}>
      <span>{printable(change.name)}</span>
      <span className={change.change === 'removed' ? 'jpr-mod-deleted' : ''}>
        {change.old === '' ? '–' : printable(change.old)}
      </span>
      <span className={classOf(change.change)}>
        {change.change === 'removed' ? word : printable(change.new)}
        {ARROWS[change.change] ?? ''}
        {change.change === 'added' && ` ${word}`}
        {change.change === 'changed' && change.old === change.new && ` ${trans.__('reinstalled')}`}
      </span>
    </div>
  );
}

function classOf(change: ChangeOf): string {
  switch (change) {
    case 'added':
    case 'upgraded':
      return 'jpr-mod-added';
    case 'removed':
      return '';
    default:
      return 'jpr-mod-modified';
  }
}

function originsOf({ old_origin, new_origin }: PackageChange): string | undefined {
  return old_origin === new_origin ? undefined : `${old_origin}\n→ ${new_origin}`;
}
