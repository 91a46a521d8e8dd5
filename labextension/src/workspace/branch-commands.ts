/** Commands on branches and tags. */
import { InputDialog, Notification } from '@jupyterlab/apputils';

import { shortId } from '../format/names';
import { CommandIDs } from '../tokens';
import { textOf } from '../ui/args';
import { branchIcon, tagIcon } from '../ui/icons';
import { BRIEF, told, UNDOABLE, type IContext } from './tell';

export function addBranchCommands({ commands, workspace, documents, trans }: IContext): void {
  const project = (): string => workspace.state?.project.id ?? '';
  const askName = async (title: string, proposed: string, ok: string): Promise<string | null> => {
    const { value } = await InputDialog.getText({
      title,
      text: proposed,
      label: trans.__('Name'),
      okLabel: ok
    });
    const name = value?.trim() ?? '';
    return name === '' ? null : name;
  };

  /** Those that nobody works on; null when they could not be read, and that was told. */
  const freeBranches = async (what: string): Promise<string[] | null> => {
    let free: string[] | null = null;
    await told(trans, what, async () => {
      free = (await workspace.branches())
        .filter(({ held_by, current }) => held_by === null && !current)
        .map(({ name }) => name);
    });
    return free;
  };

  const switchTo = async (branch: string): Promise<boolean> => {
    if (!(await documents.settle('switch'))) {
      return false;
    }
    return told(trans, trans.__('Switch'), async () => {
      const before = workspace.state?.branch;
      const { notice } = await workspace.switchTo(branch);
      if (notice !== null) {
        Notification.warning(notice, { autoClose: false });
      }
      Notification.success(trans.__('You are on branch %1.', branch), {
        autoClose: UNDOABLE,
        actions:
          before === undefined
            ? []
            : [
                {
                  label: trans.__('Back to %1', before),
                  callback: () => void commands.execute(CommandIDs.switchBranch, { branch: before })
                }
              ]
      });
    });
  };

  commands.addCommand(CommandIDs.switchBranch, {
    label: args => textOf(args, 'branch') || trans.__('Switch Branch…'),
    icon: args => (textOf(args, 'branch') === '' ? branchIcon : undefined),
    isEnabled: args => workspace.state !== null && workspace.task === null && args.held !== true,
    isToggled: args => textOf(args, 'branch') !== '' && args.branch === workspace.state?.branch,
    execute: async args => {
      let branch = textOf(args, 'branch');
      if (branch === '') {
        const free = await freeBranches(trans.__('Switch'));
        if (free === null) {
          return false;
        }
        if (free.length === 0) {
          Notification.info(trans.__('There is no other branch to switch to.'), {
            autoClose: BRIEF
          });
          return false;
        }
        const { value } = await InputDialog.getItem({
          title: trans.__('Switch to which branch?'),
          items: free,
          okLabel: trans.__('Switch')
        });
        branch = value ?? '';
      }
      return branch === '' || branch === workspace.state?.branch ? false : switchTo(branch);
    }
  });

  commands.addCommand(CommandIDs.newBranch, {
    label: args =>
      textOf(args, 'commit') === '' ? trans.__('New Branch…') : trans.__('New Branch From Here…'),
    icon: branchIcon,
    isEnabled: () => workspace.state !== null,
    execute: async args => {
      const commit = textOf(args, 'commit') || '@';
      const name = await askName(trans.__('New branch'), '', trans.__('Create and switch'));
      if (name === null) {
        return false;
      }
      const made = await told(trans, trans.__('New branch'), async () => {
        await workspace.api.call('post', '/projects/{project}/branches', {
          path: { project: project() },
          body: { name, commit }
        });
        workspace.hint('history');
      });
      return made && switchTo(name);
    }
  });

  commands.addCommand(CommandIDs.renameBranch, {
    label: trans.__('Rename This Branch…'),
    isEnabled: () => workspace.state !== null,
    execute: async () => {
      const branch = workspace.state?.branch ?? '';
      const name = await askName(trans.__('Rename branch %1', branch), branch, trans.__('Rename'));
      if (name === null || name === branch) {
        return false;
      }
      return told(trans, trans.__('Rename'), async () => {
        await workspace.api.call('patch', '/projects/{project}/branches/{branch}', {
          path: { project: project(), branch },
          body: { name }
        });
        workspace.hint('history');
        await workspace.refresh();
      });
    }
  });

  commands.addCommand(CommandIDs.deleteBranch, {
    label: trans.__('Delete a Branch…'),
    isEnabled: () => workspace.state !== null,
    execute: async () => {
      const free = await freeBranches(trans.__('Delete branch'));
      if (free === null) {
        return false;
      }
      if (free.length === 0) {
        Notification.info(trans.__('There is no branch that could be deleted: each is in use.'), {
          autoClose: BRIEF
        });
        return false;
      }
      const { value } = await InputDialog.getItem({
        title: trans.__('Delete which branch? Its checkpoints stay.'),
        items: free,
        okLabel: trans.__('Delete')
      });
      if (value === null) {
        return false;
      }
      return told(trans, trans.__('Delete branch'), async () => {
        await workspace.api.call('delete', '/projects/{project}/branches/{branch}', {
          path: { project: project(), branch: value }
        });
        workspace.hint('history');
      });
    }
  });
}

export function addTagCommands({ commands, workspace, trans }: IContext): void {
  const project = (): string => workspace.state?.project.id ?? '';

  commands.addCommand(CommandIDs.addTag, {
    label: trans.__('Tag…'),
    caption: trans.__('Give this checkpoint a name'),
    icon: tagIcon,
    execute: async args => {
      const { value } = await InputDialog.getText({
        title: trans.__('Tag %1', shortId(textOf(args, 'commit'))),
        label: trans.__('Name'),
        placeholder: 'v1',
        okLabel: trans.__('Tag')
      });
      const name = value?.trim() ?? '';
      if (name === '') {
        return false;
      }
      return told(trans, trans.__('Tag'), async () => {
        await workspace.api.call('post', '/projects/{project}/tags', {
          path: { project: project() },
          body: { name, commit: textOf(args, 'commit') }
        });
        workspace.hint('history');
      });
    }
  });

  commands.addCommand(CommandIDs.removeTag, {
    label: args => trans.__('Remove Tag %1', textOf(args, 'tag')),
    execute: args =>
      told(trans, trans.__('Remove tag'), async () => {
        await workspace.api.call('delete', '/projects/{project}/tags/{tag}', {
          path: { project: project(), tag: textOf(args, 'tag') }
        });
        workspace.hint('history');
      })
  });
}
