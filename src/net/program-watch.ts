import { AsyncLocalStorage } from 'node:async_hooks';

/** Is notified of the programs that a piece of work starts. Where `starting` throws, the program is not started. */
type ProgramListener = { starting(): Promise<void>; started(pid: number): void };

const listeners = new AsyncLocalStorage<ProgramListener>();

/** Does the work, and notifies the listener of every program that `RunProcess` starts for it. */
export function watchPrograms<T>(listener: ProgramListener, work: () => Promise<T>): Promise<T> {
  return listeners.run(listener, work);
}

/** The listener of the work that is under way, if there is one. */
export function programListener(): ProgramListener | undefined {
  return listeners.getStore();
}
