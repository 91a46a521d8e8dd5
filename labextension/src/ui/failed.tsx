/** Where something should be that could not be had. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

interface IFailed {
  /** Why, for people. */
  message: string;
  trans: TranslationBundle;
  /** Asks once more. */
  again: () => void;
}

/** What is wrong, and a button that tries again. */
export function Failed({ message, trans, again }: IFailed): React.JSX.Element {
  return (
    <div className="jpr-Empty">
      <p className="jpr-Notice" role="alert">
        {message}
      </p>
      <button type="button" className="jpr-Button" onClick={again}>
        {trans.__('Try again')}
      </button>
    </div>
  );
}
