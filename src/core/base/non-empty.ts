/** A list with at least one element. Reasons are never empty. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** Returns the list, or a list of the fallback if it is empty. */
export function nonEmpty<T>(list: readonly T[], fallback: T): NonEmpty<T> {
  const [first, ...rest] = list;
  return first === undefined ? [fallback] : [first, ...rest];
}
