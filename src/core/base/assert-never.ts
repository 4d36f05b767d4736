/** Marks a branch that the types say cannot be reached. Throws an ordinary `Error` (a bug) if it is. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
