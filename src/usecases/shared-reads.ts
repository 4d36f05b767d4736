/** Reads on behalf of many callers who ask for the same at the same moment. */
export type SharedReads<T> = (key: string, read: () => Promise<T>) => Promise<T>;

/**
 * Creates reads that callers share by their key. While one runs, those who come later share the next one, which begins when it has ended. So at most one
 * read of a key runs at a time, and no caller gets a result of a read that began before its call.
 */
export function createSharedReads<T>(): SharedReads<T> {
  const running = new Map<string, Promise<unknown>>();
  const waiting = new Map<string, Promise<T>>();

  function start(key: string, read: () => Promise<T>): Promise<T> {
    const result = read();
    const ended = result
      .catch(() => undefined)
      .finally(() => {
        if (running.get(key) === ended) running.delete(key);
      });
    running.set(key, ended);
    return result;
  }

  return (key, read) => {
    const shared = waiting.get(key);
    if (shared !== undefined) return shared;
    const current = running.get(key);
    if (current === undefined) return start(key, read);
    const next = current.then(() => {
      waiting.delete(key);
      return start(key, read);
    });
    waiting.set(key, next);
    return next;
  };
}
