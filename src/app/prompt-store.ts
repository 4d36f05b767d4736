import type { StoreMaintenance } from '../ports/store-maintenance.ts';

/** Waits for work on the database, as long as the database answers. Throws `AppError('unavailable')` where it does not. */
export type Prompt = <T>(work: Promise<T>) => Promise<T>;

/** After this time without a result, the database is pinged. With the time of a ping, people wait for less than two seconds. */
const patienceMs = 600;

/** Creates a `Prompt`. A statement that takes long is no reason to give up; a database that does not answer a ping meanwhile is. */
export function createPrompt({ ping }: Pick<StoreMaintenance, 'ping'>): Prompt {
  return async (work) => {
    const ended = work.then(
      () => null,
      () => null,
    );
    while ((await within(ended, patienceMs)) === 'late') {
      const failure = await Promise.race([
        ended,
        ping().then(
          () => null,
          (error: unknown) => ({ error }),
        ),
      ]);
      if (failure !== null) throw failure.error;
    }
    return await work;
  };
}

async function within(ended: Promise<null>, ms: number): Promise<'late' | null> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(late.resolve, ms, 'late');
  try {
    return await Promise.race([ended, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Wraps a store so that every call is prompt. */
export function createPromptStore<Wrapped extends object>(store: Wrapped, prompt: Prompt): Wrapped {
  return new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      return typeof method === 'function' ? (...args: unknown[]) => prompt(Promise.resolve(method.apply(target, args))) : method;
    },
  });
}
