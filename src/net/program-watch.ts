import { AsyncLocalStorage } from 'node:async_hooks';

/** Is notified of what a piece of work does. `looking`: nothing has been done yet. Where `starting` throws, the program is not started. */
type ProgramListener = { looking(): Promise<void>; starting(): Promise<void>; started(pid: number): void };

const listeners = new AsyncLocalStorage<ProgramListener | undefined>();

/** Does the work, and notifies the listener of every program that `RunProcess` starts for it. */
export function watchPrograms<T>(listener: ProgramListener, work: () => Promise<T>): Promise<T> {
  return listeners.run(listener, work);
}

/** The listener of the work that is under way, if there is one. */
export function programListener(): ProgramListener | undefined {
  return listeners.getStore();
}

/** Work that looks before and after it acts. */
type TwoParts<Look, Act> = { readonly look: () => Promise<Look>; readonly act: () => Promise<Act> };

/**
 * The same work, but the listener is not notified of the programs of a look: they change nothing, so nobody has to wait for their end. It hears that the
 * first look begins, and before the act that something may be done from now on.
 */
export function watchOnlyActs<Look, Act>({ look, act }: TwoParts<Look, Act>): TwoParts<Look, Act> {
  const listener = listeners.getStore();
  let hasActed = false;
  return {
    async look() {
      if (!hasActed) await listener?.looking();
      return await listeners.run(undefined, look);
    },
    async act() {
      hasActed = true;
      await listener?.starting();
      return await act();
    },
  };
}
