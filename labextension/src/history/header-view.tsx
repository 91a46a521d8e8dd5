/** Above the timeline: project, branch, state, and the button that this is all about. */
import { caretDownIcon, ellipsesIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { ChangedCounts, Task, WorkspaceState } from '../api/client';
import { printable } from '../format/names';
import { formatBytes } from '../format/size';
import type { TimeFormat } from '../format/time';
import { CommandIDs } from '../tokens';
import { branchIcon, environmentIcon } from '../ui/icons';
import { IconButton } from '../ui/widgets';

interface IHeader {
  state: WorkspaceState;
  task: Task | null;
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
  openBranches(x: number, y: number): void;
  openMenu(x: number, y: number): void;
}

export function Header(props: IHeader): React.JSX.Element {
  const { state, task, trans, time, commands } = props;
  return (
    <div className="jpr-Header">
      <div className="jpr-Header-name">
        <h2 title={`${state.project.name}\n${state.workspace.path}`}>{state.project.name}</h2>
        <IconButton
          icon={refreshIcon}
          label={trans.__('Look again')}
          onClick={() => void commands.execute(CommandIDs.refresh)}
        />
        <IconButton
          icon={ellipsesIcon}
          label={trans.__('More actions')}
          onClick={event => {
            const box = event.currentTarget.getBoundingClientRect();
            props.openMenu(box.left, box.bottom);
          }}
        />
      </div>
      <div className="jpr-Chips">
        <button
          type="button"
          className="jpr-Chip"
          aria-haspopup="menu"
          title={trans.__('Branch: switch, or begin a new one')}
          onClick={event => {
            const box = event.currentTarget.getBoundingClientRect();
            props.openBranches(box.left, box.bottom);
          }}
        >
          <branchIcon.react tag="span" />
          <b>{state.branch}</b>
          <caretDownIcon.react tag="span" />
        </button>
        <EnvironmentChip environment={state.environment} trans={trans} commands={commands} />
      </div>
      {task === null ? (
        <StateLine changed={state.changed} trans={trans} time={time} commands={commands} />
      ) : (
        <TaskLine task={task} trans={trans} commands={commands} />
      )}
      {state.notice !== null && <p className="jpr-Notice">{state.notice}</p>}
      <CheckpointForm busy={task !== null} trans={trans} commands={commands} />
    </div>
  );
}

interface IEnvironmentChip {
  environment: WorkspaceState['environment'];
  trans: TranslationBundle;
  commands: CommandRegistry;
}

/** What new kernels run in, and the way to another. */
function EnvironmentChip(props: IEnvironmentChip): React.JSX.Element {
  const { environment, trans, commands } = props;
  return (
    <button
      type="button"
      className="jpr-Chip"
      aria-haspopup="menu"
      title={chipTitle(environment, trans)}
      onClick={event => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        void commands.execute(CommandIDs.environmentMenu, { x: left, y: bottom });
      }}
    >
      <environmentIcon.react tag="span" />
      {environment === null ? (
        <span>{trans.__('Environment')}</span>
      ) : (
        <span className="jpr-Chip-name">
          <b>{environment.name}</b> · r{environment.revision}
          {environment.applied !== null && ` + ${printable(environment.applied)}`}
        </span>
      )}
      <caretDownIcon.react tag="span" />
    </button>
  );
}

/** What the chip says in full: `geo r2 + requirements.txt`, and below it what that means. */
export function chipTitle(
  environment: WorkspaceState['environment'],
  trans: TranslationBundle
): string {
  const lines = [trans.__('Environment: what new kernels run in')];
  if (environment !== null) {
    const { label, revision, applied } = environment;
    lines.push(printable(label));
    if (applied !== null) {
      lines.push(trans.__('Put on top of r%1: %2', revision, printable(applied)));
    }
  }
  return lines.join('\n');
}

interface IStateLine {
  changed: ChangedCounts | null;
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
}

function StateLine({ changed, trans, time, commands }: IStateLine): React.JSX.Element {
  const clean = changed !== null && changed.total === 0;
  return (
    <div className="jpr-State" role="status">
      <span className={`jpr-Light${clean ? ' jpr-mod-clean' : ''}`} aria-hidden="true" />
      <span className="jpr-State-text">{stateText(changed, trans, time)}</span>
      {changed !== null && changed.total > 0 && changed.since !== null && (
        <button
          type="button"
          className="jpr-Link"
          onClick={() => void commands.execute(CommandIDs.review)}
        >
          {trans.__('Review')}
        </button>
      )}
    </div>
  );
}

/** `3 files changed since 10:42` */
export function stateText(
  changed: ChangedCounts | null,
  trans: TranslationBundle,
  time: TimeFormat
): string {
  if (changed === null) {
    return trans.__('Looking for changes…');
  }
  if (changed.since === null) {
    return trans._n('%1 file, no checkpoint yet', '%1 files, no checkpoint yet', changed.total);
  }
  const since = time.ago(changed.since) === time.clock(changed.since) ? time.moment : time.clock;
  const when = since.call(time, changed.since);
  return changed.total === 0
    ? trans.__('Nothing changed since %1', when)
    : trans._n('%1 file changed since %2', '%1 files changed since %2', changed.total, when);
}

interface ITaskLine {
  task: Task;
  trans: TranslationBundle;
  commands: CommandRegistry;
}

function TaskLine({ task, trans, commands }: ITaskLine): React.JSX.Element {
  const { progress } = task;
  return (
    <div className="jpr-Task">
      <div className="jpr-State">
        <span className="jpr-State-text" role="status">
          {task.title}
        </span>
        <button
          type="button"
          className="jpr-Link"
          disabled={task.cancelling}
          onClick={() => void commands.execute(CommandIDs.cancelTask)}
        >
          {task.cancelling ? trans.__('Stopping…') : trans.__('Cancel')}
        </button>
      </div>
      <progress max={1} value={progress?.fraction ?? undefined} aria-label={task.title} />
      <div className="jpr-Task-detail">{progress === null ? '' : progressText(task, trans)}</div>
    </div>
  );
}

/** `40 of 146 files, 312 MB` */
export function progressText({ progress }: Task, trans: TranslationBundle): string {
  if (progress === null) {
    return '';
  }
  const files =
    progress.total_files === null
      ? trans._n('%1 file', '%1 files', progress.files)
      : trans.__('%1 of %2 files', progress.files, progress.total_files);
  return progress.bytes > 0 ? `${files}, ${formatBytes(progress.bytes)}` : files;
}

interface ICheckpointForm {
  busy: boolean;
  trans: TranslationBundle;
  commands: CommandRegistry;
}

function CheckpointForm({ busy, trans, commands }: ICheckpointForm): React.JSX.Element {
  const [message, setMessage] = React.useState('');
  const submit = async (): Promise<void> => {
    // The message stays in the box until it is kept for good.
    if ((await commands.execute(CommandIDs.checkpoint, { message })) === true) {
      setMessage(now => (now === message ? '' : now));
    }
  };
  return (
    <form
      className="jpr-CheckpointForm"
      onSubmit={event => {
        event.preventDefault();
        if (!busy) {
          void submit();
        }
      }}
    >
      <input
        type="text"
        className="jpr-Input"
        value={message}
        maxLength={10_000}
        placeholder={trans.__('What did you do? (optional)')}
        aria-label={trans.__('Message of the checkpoint')}
        onChange={event => setMessage(event.target.value)}
      />
      <button type="submit" className="jpr-Button jpr-mod-primary" disabled={busy}>
        {trans.__('Checkpoint')}
      </button>
    </form>
  );
}
