/** Kernels in containers that ended by themselves or do not start again: why, where the user sees it. */
import { Notification } from '@jupyterlab/apputils';
import type { Event } from '@jupyterlab/services';

const EVENT = 'urn:jupyter-repro:event:kernel:v1';

/** Shows news of kernels, for each of them the newest alone: it is told again at each try to start it. */
export class KernelNews {
  tell(event: Event.Emission): void {
    const { schema_id, kernel, problem } = event;
    if (schema_id !== EVENT || typeof kernel !== 'string' || typeof problem !== 'string') {
      return;
    }
    const before = this._told.get(kernel);
    if (before === undefined || !Notification.manager.has(before)) {
      this._told.set(kernel, Notification.error(problem, { autoClose: false }));
    } else {
      Notification.update({ id: before, message: problem });
    }
  }

  private readonly _told = new Map<string, string>();
}
