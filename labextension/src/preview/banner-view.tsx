/** Over every past file: which commit it is of, and what can be done with it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { Commit } from '../api/client';
import { baseName, printable, shortId } from '../format/names';
import type { TimeFormat } from '../format/time';
import { quoted } from '../history/words';
import { CommandIDs } from '../tokens';
import { useSignal } from '../ui/hooks';
import type { BannerModel } from './banner-model';

interface IAbout {
  commit: Commit;
  trans: TranslationBundle;
  time: TimeFormat;
}

/** `as of yesterday 14:31, checkpoint [v1] “Baseline for the review”` */
export function AsOf({ commit, trans, time }: IAbout): React.JSX.Element {
  return (
    <span className="jpr-AsOf" title={`${time.exact(commit.time)}\n${commit.author}\n${commit.id}`}>
      {trans.__('as of %1, checkpoint', time.moment(commit.time))}{' '}
      {(commit.tags.length > 0 ? commit.tags : [shortId(commit.id)]).map(name => (
        <span key={name} className="jpr-Badge jpr-mod-tag">
          {printable(name)}
        </span>
      ))}{' '}
      {quoted(commit, trans)}
    </span>
  );
}

interface IBanner {
  model: BannerModel;
  trans: TranslationBundle;
  time: TimeFormat;
  commands: CommandRegistry;
}

export function Banner({ model, trans, time, commands }: IBanner): React.JSX.Element {
  useSignal(model.changed);
  const { commit, problem, isHere, file } = model;
  const args = { commit: file.commit, path: file.path, project: file.project };
  const action = (label: string, id: string, given: object = args): React.JSX.Element => (
    <button
      type="button"
      className="jpr-Button"
      onClick={() => void commands.execute(id, given as typeof args)}
    >
      {label}
    </button>
  );
  return (
    <div className="jpr-Banner-in" role="note" aria-label={trans.__('Read-only past file')}>
      <span className="jpr-Banner-text">
        {trans.__('Read-only:')}{' '}
        <b title={printable(file.path)}>{printable(baseName(file.path))}</b>{' '}
        {commit !== null && <AsOf commit={commit} trans={trans} time={time} />}
        {problem !== null && <span className="jpr-mod-deleted">{problem}</span>}
      </span>
      <span className="jpr-Banner-actions">
        {isHere && action(trans.__('Compare with current'), CommandIDs.compareFile)}
        {isHere &&
          action(trans.__('Restore this file'), CommandIDs.restore, {
            commit: file.commit,
            paths: [file.path]
          })}
        {isHere && action(trans.__('Copy into workspace'), CommandIDs.copyFile)}
        {action(trans.__('Download'), CommandIDs.download)}
      </span>
    </div>
  );
}
