/** Marks a branch that the types rule out. Throws an ordinary `Error` (a bug) if it runs. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
