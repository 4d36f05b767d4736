/** What must be closed again, in the order in which it was opened. */
export type Closers = {
  push(close: () => Promise<void>): void;
  /** Closes everything, last opened first. Idempotent. */
  closeAll(): Promise<void>;
};

/** Creates an empty stack of closers. */
export function createClosers(): Closers {
  const stack: (() => Promise<void>)[] = [];
  return {
    push: (close) => {
      stack.push(close);
    },
    async closeAll() {
      for (const close of stack.splice(0).reverse()) await close();
    },
  };
}
