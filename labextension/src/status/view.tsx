/** What the status bar item shows. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { printable } from '../format/names';
import type { IWorkspaceModel } from '../tokens';
import { useSignal } from '../ui/hooks';
import { branchIcon } from '../ui/icons';

interface IStatusItem {
  workspace: IWorkspaceModel;
  trans: TranslationBundle;
  onClick: () => void;
}

export function StatusItem({ workspace, trans, onClick }: IStatusItem): React.JSX.Element | null {
  useSignal(workspace.changed);
  const { state, task } = workspace;
  if (state === null) {
    return null;
  }
  const fraction = task?.progress?.fraction;
  return (
    <button
      type="button"
      className="jpr-Status"
      title={trans.__('%1: show the history', state.project.name)}
      onClick={onClick}
    >
      <branchIcon.react tag="span" />
      <span>{state.branch}</span>
      {state.environment !== null && (
        <span title={trans.__('Environment')}>{printable(state.environment.label)}</span>
      )}
      {task !== null ? (
        <span>
          {task.title}
          {typeof fraction === 'number' && ` ${Math.floor(fraction * 100)}%`}
        </span>
      ) : (
        state.changed !== null &&
        state.changed.total > 0 && (
          <span>{trans._n('%1 changed', '%1 changed', state.changed.total)}</span>
        )
      )}
    </button>
  );
}
