/** Commands about environments: the ways to everything that can be done with them. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { addIcon, copyIcon, runIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Environment } from '../api/client';
import { printable, shortId } from '../format/names';
import { optional, textOf, type Args } from '../ui/args';
import { compareIcon, environmentIcon } from '../ui/icons';
import { once, told } from '../workspace/commands';
import type { Actions } from './actions';
import { draftOf, definitionOf } from './draft';
import { EnvironmentCommands as ids } from './ids';
import type { EnvironmentsModel } from './model';
import { isUsed } from './rows';

export interface IEnvironmentCommands {
  commands: CommandRegistry;
  model: () => EnvironmentsModel;
  actions: () => Actions;
  trans: TranslationBundle;
  /** Brings the list into sight. */
  show: () => void;
  /** Brings an environment's tab into sight. */
  open: (environment: string, revision: number | null) => Promise<void>;
  /** Brings the form of a new one into sight. */
  openNew: (path: string) => Promise<void>;
  /** Shows what is or was installed, or what differs between two moments. */
  openSoftware: (a: string, b: string | null) => Promise<void>;
}

export function addEnvironmentCommands(context: IEnvironmentCommands): void {
  addLibraryCommands(context);
  addChangeCommands(context);
  addUseCommands(context);
  addSoftwareCommands(context);
}

function numberOf(args: Args, name: string): number | null {
  const value = args[name];
  return typeof value === 'number' ? value : null;
}

function addLibraryCommands(context: IEnvironmentCommands): void {
  const { commands, model, actions, trans, show, open, openNew } = context;

  commands.addCommand(ids.show, {
    label: args =>
      args.isLauncher === true ? trans.__('Environments') : trans.__('Show Environments'),
    caption: trans.__('Named sets of software: make, share, change and choose them'),
    icon: environmentIcon,
    execute: show
  });

  commands.addCommand(ids.open, {
    label: args => {
      const environment = model().find(textOf(args, 'environment'));
      return environment === undefined
        ? trans.__('Open the Environment')
        : trans.__('Open %1', environment.name);
    },
    icon: environmentIcon,
    isEnabled: args => textOf(args, 'environment') !== '',
    execute: args =>
      told(trans, trans.__('Environment'), () =>
        open(textOf(args, 'environment'), numberOf(args, 'revision'))
      )
  });

  commands.addCommand(ids.create, {
    label: args => {
      const path = optional(args, 'path');
      if (path === null) {
        return trans.__('New Environment…');
      }
      return args.edit === true
        ? trans.__('Look It Over First…')
        : trans.__('Make an Environment of %1', printable(path));
    },
    icon: addIcon,
    execute: args => {
      const path = textOf(args, 'path');
      return once(`${ids.create} ${path}`, () =>
        told(trans, trans.__('New environment'), async () => {
          await model().ensure();
          const found = model().found.find(one => one.path === path);
          if (found === undefined || found.definition === null || args.edit === true) {
            await openNew(path);
            return;
          }
          const id = await actions().create({
            name: found.name,
            description: '',
            message: trans.__('From %1', printable(path)),
            definition: definitionOf(draftOf(found.definition))
          });
          await open(id, null);
        })
      );
    }
  });
}

/** Commands that change an environment: each takes its id. */
function addChangeCommands(context: IEnvironmentCommands): void {
  const { commands, model, actions, trans, open } = context;
  const given = (args: Args): Environment | undefined => model().find(textOf(args, 'environment'));
  const isMine = (args: Args): boolean => given(args)?.mine === true;
  const change = (
    id: string,
    options: Partial<CommandRegistry.ICommandOptions>,
    act: (environment: Environment) => Promise<void>
  ): void => {
    commands.addCommand(id, {
      isEnabled: isMine,
      ...options,
      execute: args => {
        const environment = given(args);
        return (
          environment !== undefined &&
          once(`${id} ${environment.id}`, () =>
            told(trans, environment.name, () => act(environment))
          )
        );
      }
    });
  };

  change(
    ids.duplicate,
    {
      label: trans.__('Duplicate…'),
      icon: copyIcon,
      isEnabled: args => given(args) !== undefined
    },
    async environment => {
      const { askName } = await import('./dialogs');
      const name = await askName(model(), environment, trans);
      if (name !== null) {
        await open(await actions().duplicate(environment.id, name, null), null);
      }
    }
  );
  change(ids.share, { label: trans.__('Share…') }, async environment => {
    const { askSharing } = await import('./dialogs');
    const said = await askSharing(environment, trans);
    if (said !== null) {
      await actions().share(environment.id, said.visibility, said.users, said.groups);
    }
  });
  change(ids.describe, { label: trans.__('Describe…') }, async environment => {
    const { askDescription } = await import('./dialogs');
    const description = await askDescription(environment, trans);
    if (description !== null) {
      await actions().change(environment.id, { description });
    }
  });
  change(ids.build, { label: trans.__('Build the Newest Revision'), icon: runIcon }, environment =>
    actions().build(environment.id, environment.name, environment.newest)
  );
  change(
    ids.setDefault,
    {
      label: trans.__('Propose to New Workspaces'),
      isToggled: args => given(args)?.default === true
    },
    environment => actions().change(environment.id, { default: !environment.default })
  );
  change(
    ids.archive,
    {
      label: args =>
        (given(args)?.archived ?? null) === null
          ? trans.__('Archive')
          : trans.__('Take Back From the Archive')
    },
    environment => actions().change(environment.id, { archived: environment.archived === null })
  );
}

function addUseCommands(context: IEnvironmentCommands): void {
  const { commands, model, actions, trans } = context;
  const isProtected = (): boolean => model().workspace.state !== null;

  commands.addCommand(ids.use, {
    label: args => chosenLabel(context, args),
    caption: trans.__('New kernels of this workspace run in it'),
    icon: environmentIcon,
    isEnabled: args => {
      const name = optional(args, 'environment');
      return isProtected() && (name === null || (model().find(name)?.active ?? null) !== null);
    },
    isToggled: args => {
      const environment = model().find(textOf(args, 'environment'));
      const used = model().selection?.used ?? null;
      return args.toggles === true && environment !== undefined && isUsed(used, environment);
    },
    execute: args =>
      told(trans, trans.__('Environment'), async () => {
        const name = optional(args, 'environment');
        if (name !== null) {
          await actions().use(name, numberOf(args, 'revision'));
          return;
        }
        await model().refresh();
        const { askChoice } = await import('./dialogs');
        const choice = await askChoice(model(), trans);
        if (choice !== null) {
          await actions().use(choice.environment, choice.revision);
        }
      })
  });

  commands.addCommand(ids.stopUsing, {
    label: trans.__('None: What the Server Itself Uses'),
    isEnabled: () => isProtected(),
    isToggled: () => model().selection?.used === null,
    execute: () => told(trans, trans.__('Environment'), () => actions().use(null, null))
  });

  commands.addCommand(ids.project, {
    label: trans.__('Environments of This Project…'),
    caption: trans.__('What its workspaces begin with, and which revisions they may use'),
    icon: environmentIcon,
    isEnabled: () => isProtected(),
    execute: () =>
      once(ids.project, () =>
        told(trans, trans.__('Environments'), async () => {
          await model().refresh();
          const { editProject } = await import('./project-dialog');
          await editProject(model(), trans);
        })
      )
  });

  commands.addCommand(ids.restore, {
    label: trans.__('Restore Environment of This Checkpoint…'),
    caption: trans.__('Only the software of then: code and data stay as they are'),
    icon: environmentIcon,
    isEnabled: args => isProtected() && textOf(args, 'commit') !== '',
    execute: async args => {
      const commit = textOf(args, 'commit');
      const label = textOf(args, 'label');
      const { button } = await showDialog({
        title: trans.__('Use the software of this checkpoint?'),
        body:
          (label === ''
            ? trans.__('New kernels run in the software of %1.', shortId(commit))
            : trans.__('New kernels run in %1, as it was at %2.', label, shortId(commit))) +
          ' ' +
          trans.__('It is installed again where it is gone. Your code and data stay as they are.'),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.okButton({ label: trans.__('Use it') })
        ]
      });
      return button.accept && told(trans, trans.__('Environment'), () => actions().restore(commit));
    }
  });
}

/** `Use Here`, `Use py311 r5 Here`, in the chip's menu `py311 · r7`. */
function chosenLabel({ model, trans }: IEnvironmentCommands, args: Args): string {
  const name = optional(args, 'environment');
  if (name === null) {
    return trans.__('Choose Environment and Revision…');
  }
  const environment = model().find(name);
  const revision = numberOf(args, 'revision');
  if (args.toggles === true && environment !== undefined) {
    return `${environment.name} · r${environment.active ?? environment.newest}`;
  }
  return revision === null ? trans.__('Use Here') : trans.__('Use r%1 Here', revision);
}

function addSoftwareCommands(context: IEnvironmentCommands): void {
  const { commands, model, trans, openSoftware } = context;
  const isProtected = (): boolean => model().workspace.state !== null;

  commands.addCommand(ids.software, {
    label: args =>
      optional(args, 'commit') === null
        ? trans.__('What Is Installed Now')
        : trans.__('What Was Installed'),
    icon: environmentIcon,
    isEnabled: isProtected,
    execute: args =>
      told(trans, trans.__('Software'), () => openSoftware(optional(args, 'commit') ?? 'now', null))
  });

  commands.addCommand(ids.compare, {
    label: args =>
      args.before === true
        ? trans.__('What Changed in the Software')
        : args.b === undefined && args.a !== undefined
          ? trans.__('Compare Software With Now')
          : trans.__('Compare Software…'),
    icon: compareIcon,
    isEnabled: isProtected,
    execute: args =>
      told(trans, trans.__('Software'), () =>
        openSoftware(optional(args, 'a') ?? '@', optional(args, 'b') ?? 'now')
      )
  });
}
