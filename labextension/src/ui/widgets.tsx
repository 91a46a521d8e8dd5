/** Small pieces that several views share. */
import { ReactWidget, type LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ChangeKind } from '../api/client';
import type { TranslationBundle } from '@jupyterlab/translation';

/** A widget around one element that does its own updating. */
export function widgetOf(element: React.JSX.Element, className: string): ReactWidget {
  const widget = ReactWidget.create(element);
  widget.addClass(className);
  return widget;
}

interface IIconButton {
  icon: LabIcon;
  label: string;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  disabled?: boolean;
  /** Out of the tab order, where the keyboard has another way. */
  quiet?: boolean;
}

/** A button with nothing but an icon, and a name for those who cannot see it. */
export function IconButton(props: IIconButton): React.JSX.Element {
  return (
    <button
      type="button"
      className="jpr-IconButton"
      title={props.label}
      aria-label={props.label}
      disabled={props.disabled}
      tabIndex={props.quiet === true ? -1 : undefined}
      onClick={event => {
        event.stopPropagation();
        props.onClick(event);
      }}
    >
      <props.icon.react tag={null} />
    </button>
  );
}

interface ISegments<T extends string> {
  label: string;
  options: readonly { value: T; label: string; title?: string }[];
  value: T;
  onChange: (value: T) => void;
}

/** One of a few: buttons side by side. */
export function Segments<T extends string>(props: ISegments<T>): React.JSX.Element {
  return (
    <div className="jpr-Segments" role="group" aria-label={props.label}>
      {props.options.map(option => (
        <button
          key={option.value}
          type="button"
          title={option.title}
          aria-pressed={option.value === props.value}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

const LETTERS: Readonly<Record<ChangeKind, string>> = {
  added: 'A',
  deleted: 'D',
  modified: 'M',
  renamed: 'R',
  mode: 'P',
  type: 'T'
};

/** The word for what happened to a path. */
export function changeWord(change: ChangeKind, trans: TranslationBundle): string {
  const words: Readonly<Record<ChangeKind, string>> = {
    added: trans.__('added'),
    deleted: trans.__('deleted'),
    modified: trans.__('changed'),
    renamed: trans.__('renamed'),
    mode: trans.__('permissions changed'),
    type: trans.__('type changed')
  };
  return words[change];
}

/** `M`, `A`, `D` in their colours. */
export function ChangeLetter(props: {
  change: ChangeKind;
  trans: TranslationBundle;
}): React.JSX.Element {
  const word = changeWord(props.change, props.trans);
  return (
    <span
      className={`jpr-Letter jpr-mod-${props.change}`}
      title={word}
      aria-label={word}
      role="img"
    >
      {LETTERS[props.change]}
    </span>
  );
}

interface ICounts {
  added: number;
  modified: number;
  deleted: number;
  trans: TranslationBundle;
}

/** `+1 ~2 −1`; what is zero is left out. */
export function Counts({ added, modified, deleted, trans }: ICounts): React.JSX.Element | null {
  if (added + modified + deleted === 0) {
    return null;
  }
  const words = trans.__('%1 added, %2 changed, %3 deleted', added, modified, deleted);
  return (
    <span className="jpr-Counts" title={words} role="img" aria-label={words}>
      {added > 0 && <span className="jpr-mod-added">+{added}</span>}
      {modified > 0 && <span className="jpr-mod-modified">~{modified}</span>}
      {deleted > 0 && <span className="jpr-mod-deleted">−{deleted}</span>}
    </span>
  );
}
