/** Forms inside of Lab's dialogs: fields whose values are the dialog's answer. */
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A dialog body that keeps a value up to date while its fields change. */
export class FormBody<T> extends ReactWidget {
  constructor(
    private _value: T,
    private readonly _draw: (value: T, set: (part: Partial<T>) => void) => React.JSX.Element
  ) {
    super();
    this.addClass('jpr-Form');
  }

  getValue(): T {
    return this._value;
  }

  protected render(): React.JSX.Element {
    return <Fields body={this} draw={this._draw} keep={value => (this._value = value)} />;
  }
}

interface IFields<T> {
  body: FormBody<T>;
  draw: (value: T, set: (part: Partial<T>) => void) => React.JSX.Element;
  keep: (value: T) => void;
}

function Fields<T>({ body, draw, keep }: IFields<T>): React.JSX.Element {
  const [value, setValue] = React.useState(body.getValue());
  return draw(value, part => {
    const next = { ...value, ...part };
    setValue(next);
    keep(next);
  });
}

interface IField {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  maxLength?: number;
}

/** A line of text under its label. */
export function Field(props: IField): React.JSX.Element {
  return (
    <>
      <label htmlFor={props.id}>{props.label}</label>
      <input
        id={props.id}
        type="text"
        className="jpr-Input"
        value={props.value}
        placeholder={props.placeholder}
        maxLength={props.maxLength ?? 4096}
        onChange={event => props.onChange(event.target.value)}
      />
    </>
  );
}

interface ICheck {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  title?: string;
}

/** A box to tick, with its label. */
export function Check(props: ICheck): React.JSX.Element {
  return (
    <label className="jpr-Check" title={props.title}>
      <input
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled}
        onChange={event => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
}
