/** What stands beside the title of a checkpoint: tags, branches, what kind it is, and whether the software changed. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { printable } from '../format/names';
import { branchIcon } from '../ui/icons';
import type { IRowContext } from './row-view';
import type { ICommitRow } from './rows';

export function Badges(props: {
  row: ICommitRow;
  context: IRowContext;
  box: React.RefObject<HTMLSpanElement>;
}): React.JSX.Element {
  const { row, context, box } = props;
  const { trans, manyBranches } = context;
  const { commit } = row;
  const kind = kindWord(commit, trans);
  return (
    <span className="jpr-Badges" ref={box}>
      {context.marked === commit.id && (
        <Badge className="jpr-mod-accent" words={trans.__('compare…')} />
      )}
      {commit.tags.map(tag => (
        <Badge
          key={`tag ${tag}`}
          className="jpr-mod-tag"
          words={printable(tag)}
          caption={trans.__('Tag %1', printable(tag))}
        />
      ))}
      {manyBranches &&
        commit.branches.map(branch => (
          <Badge
            key={`branch ${branch}`}
            className={`jpr-mod-branch jpr-lane-${row.graph.lane}`}
            icon={<branchIcon.react tag={null} />}
            words={printable(branch)}
            caption={trans.__('Newest of branch %1', printable(branch))}
          />
        ))}
      {kind !== null && (
        <Badge className={commit.kind === 'run' ? 'jpr-mod-tag' : ''} words={kind} />
      )}
      <EnvironmentBadge row={row} context={context} />
      {commit.thinned && (
        <Badge
          words={trans.__('thinned')}
          caption={trans.__('Its files were freed to save space')}
        />
      )}
    </span>
  );
}

function kindWord({ kind }: ICommitRow['commit'], trans: TranslationBundle): string | null {
  switch (kind) {
    case 'auto':
      return trans.__('auto');
    case 'run':
      return trans.__('run');
    case 'restore':
      return trans.__('restored');
    case 'recovered':
      return trans.__('recovered');
    case 'import':
      return trans.__('imported');
    default:
      return null;
  }
}

function Badge(props: {
  words: string;
  className?: string;
  icon?: React.JSX.Element;
  caption?: string;
}): React.JSX.Element {
  const { words, className = '', icon, caption = words } = props;
  return (
    <span className={`jpr-Badge ${className}`} title={caption}>
      {icon}
      <span>{words}</span>
    </span>
  );
}

/** The software changed: what of it, and the way to the comparison. */
function EnvironmentBadge(props: {
  row: ICommitRow;
  context: IRowContext;
}): React.JSX.Element | null {
  const { row, context } = props;
  const { trans, badges, actions } = context;
  const summary = badges.get(row.commit.id)?.summary;
  if (summary === undefined && !row.commit.software_changed) {
    return null;
  }
  return (
    <button
      type="button"
      tabIndex={-1}
      className="jpr-Badge jpr-mod-environment"
      title={summary ?? trans.__('The software changed')}
      onClick={event => {
        event.stopPropagation();
        actions.software(row);
      }}
    >
      <span>{trans.__('environment')}</span>
    </button>
  );
}
