/** Ids of the commands about environments. */
import { CommandIDs } from '../tokens';

export namespace EnvironmentCommands {
  export const show = 'jupyter-repro:show-environments';
  export const open = 'jupyter-repro:open-environment';
  export const create = 'jupyter-repro:create-environment';
  export const duplicate = 'jupyter-repro:duplicate-environment';
  export const describe = 'jupyter-repro:describe-environment';
  export const share = 'jupyter-repro:share-environment';
  export const archive = 'jupyter-repro:archive-environment';
  export const setDefault = 'jupyter-repro:default-environment';
  export const build = 'jupyter-repro:build-environment';
  export const use = 'jupyter-repro:use-environment';
  export const stopUsing = 'jupyter-repro:use-no-environment';
  export const project = 'jupyter-repro:project-environments';
  export const software = CommandIDs.software;
  export const compare = CommandIDs.compareSoftware;
  export const restore = CommandIDs.restoreEnvironment;
}
