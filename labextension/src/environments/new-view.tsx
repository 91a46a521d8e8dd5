/** A new environment: where to begin, what it is called, what it holds. */
import type { ILabStatus } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { messageOf, type Engine } from '../api/client';
import { printable } from '../format/names';
import { Field } from '../ui/form';
import { useSignal } from '../ui/hooks';
import { environmentIcon } from '../ui/icons';
import { Segments } from '../ui/widgets';
import type { Actions } from './actions';
import { DefinitionForm } from './definition-form';
import { definitionOf, type EngineName } from './draft';
import type { EnvironmentsModel } from './model';
import type { NewEnvironmentModel } from './new-model';
import { mayGo, Unsaved } from './unsaved';
import { engineWords } from './words';

export interface INewProps {
  model: EnvironmentsModel;
  written: NewEnvironmentModel;
  actions: Actions;
  trans: TranslationBundle;
  editors: IEditorServices;
  status: ILabStatus | null;
  /** It is there: show it instead. */
  onMade: (id: string) => void;
}

/** The tab of a new environment. */
export class NewEnvironmentWidget extends ReactWidget {
  constructor(private readonly _props: INewProps) {
    super();
    const { trans, written, status } = _props;
    this._unsaved = new Unsaved(status);
    this.addClass('jpr-Env');
    this.title.icon = environmentIcon;
    this.title.closable = true;
    this.title.label = trans.__('New environment');
    this._mark();
    written.changed.connect(this._mark, this);
  }

  override dispose(): void {
    this._unsaved.dispose();
    super.dispose();
  }

  protected override onCloseRequest(message: Message): void {
    const { trans, written } = this._props;
    if (!written.isDirty) {
      super.onCloseRequest(message);
      this.dispose();
      return;
    }
    void mayGo(trans.__('The environment that you describe is not made yet.'), trans).then(may => {
      if (may) {
        this.dispose();
      }
    });
  }

  protected render(): React.JSX.Element {
    return <NewEnvironment {...this._props} />;
  }

  private _mark(): void {
    const { isDirty } = this._props.written;
    this.title.className = isDirty ? 'jp-mod-dirty' : '';
    this._unsaved.dirty = isDirty;
  }

  private readonly _unsaved: Unsaved;
}

export function NewEnvironment(props: INewProps): React.JSX.Element {
  const { model, written, actions, trans, editors } = props;
  useSignal(model.changed);
  useSignal(written.changed);
  const { value } = written;
  const engines = useEngines(model);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [saving, setSaving] = React.useState(false);
  const create = async (): Promise<void> => {
    setSaving(true);
    setProblem(null);
    try {
      const { name, description, message, draft } = value;
      props.onMade(
        await actions.create({
          name: name.trim(),
          description: description.trim(),
          message: message.trim(),
          definition: definitionOf(draft)
        })
      );
    } catch (error) {
      setProblem(messageOf(error));
      setSaving(false);
    }
  };
  const { engine } = value.draft;
  const chosen = engines.find(one => one.name === engine);
  return (
    <form
      className="jpr-Edit jpr-mod-new"
      onSubmit={event => {
        event.preventDefault();
        void create();
      }}
    >
      <h1>{trans.__('New environment')}</h1>
      <Begin {...props} />
      <div className="jpr-Definition-basics">
        <div>
          <Field
            id="jpr-env-name"
            label={trans.__('Name')}
            placeholder="py311-pandas"
            value={value.name}
            maxLength={100}
            onChange={name => written.set({ name })}
          />
        </div>
        <div className="jpr-mod-wide">
          <Field
            id="jpr-env-description"
            label={trans.__('Description (optional)')}
            value={value.description}
            maxLength={1000}
            onChange={description => written.set({ description })}
          />
        </div>
      </div>
      <div className="jpr-Engines">
        <Segments<EngineName>
          label={trans.__('Engine')}
          value={engine}
          options={engines.map(one => ({ value: one.name, label: one.name, title: one.title }))}
          onChange={name => written.choose(name)}
        />
        <span className="jpr-mod-dim">{engineWords(engine, trans)}</span>
      </div>
      {chosen !== undefined && !chosen.usable && (
        <p className="jpr-Notice" role="alert">
          {chosen.problem}
        </p>
      )}
      <DefinitionForm
        key={`${engine}-${value.path}`}
        draft={value.draft}
        set={part => written.setDraft(part)}
        trans={trans}
        editors={editors}
      />
      {problem !== null && (
        <p className="jpr-Notice" role="alert">
          {problem}
        </p>
      )}
      <div className="jpr-Edit-foot">
        <button
          type="submit"
          className="jpr-Button jpr-mod-primary"
          disabled={saving || value.name.trim() === '' || chosen?.usable === false}
        >
          {chosen?.buildable === false ? trans.__('Create') : trans.__('Create and build')}
        </button>
      </div>
    </form>
  );
}

/** Nothing, or a file of the workspace: one click each. */
function Begin({ model, written, trans }: INewProps): React.JSX.Element | null {
  const usable = model.found.filter(one => one.definition !== null);
  if (usable.length === 0) {
    return null;
  }
  return (
    <Segments
      label={trans.__('Begin with')}
      value={written.value.path}
      options={[
        { value: '', label: trans.__('From scratch') },
        ...usable.map(one => ({
          value: one.path,
          label: printable(one.path),
          title: trans._n('%1 requirement', '%1 requirements', one.requirements)
        }))
      ]}
      onChange={path => written.begin(usable.find(one => one.path === path))}
    />
  );
}

/** The engines of this server, uv alone until it has answered. */
function useEngines(model: EnvironmentsModel): readonly Engine[] {
  const [engines, setEngines] = React.useState<readonly Engine[]>([
    { name: 'uv', title: 'uv', usable: true, problem: null, buildable: true }
  ]);
  React.useEffect(() => {
    let wanted = true;
    model.workspace.api
      .call('get', '/engines', {})
      .then(answer => wanted && setEngines(answer.engines))
      .catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [model]);
  return engines;
}
