/** Tabs as ARIA has them: one of them in the tab order, arrows between them. */
import * as React from 'react';

interface ITabs<T extends string> {
  label: string;
  /** Begins the ids of tabs and of what they show. */
  id: string;
  tabs: readonly { value: T; label: string; marked?: boolean }[];
  value: T;
  onChange: (value: T) => void;
}

export function Tabs<T extends string>(props: ITabs<T>): React.JSX.Element {
  const { tabs, value, id } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) {
      return;
    }
    const at = tabs.findIndex(tab => tab.value === value);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next !== undefined) {
      props.onChange(next.value);
      box.current?.querySelector<HTMLElement>(`#${tabId(id, next.value)}`)?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={box} className="jpr-Tabs" role="tablist" aria-label={props.label}>
      {tabs.map(tab => (
        <button
          key={tab.value}
          id={tabId(id, tab.value)}
          type="button"
          role="tab"
          aria-selected={tab.value === value}
          aria-controls={`${id}-shown`}
          tabIndex={tab.value === value ? 0 : -1}
          onClick={() => props.onChange(tab.value)}
          onKeyDown={onKeyDown}
        >
          {tab.label}
          {tab.marked === true && <span className="jpr-Tabs-mark" aria-hidden="true" />}
        </button>
      ))}
    </div>
  );
}

/** What the chosen tab shows. */
export function TabPanel(props: {
  id: string;
  value: string;
  children: React.ReactNode;
}): React.JSX.Element {
  return (
    <div
      className="jpr-Tabs-panel"
      role="tabpanel"
      id={`${props.id}-shown`}
      aria-labelledby={tabId(props.id, props.value)}
    >
      {props.children}
    </div>
  );
}

function tabId(id: string, value: string): string {
  return `${id}-tab-${value}`;
}
