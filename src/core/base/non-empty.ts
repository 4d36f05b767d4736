/** A list with at least one element: reasons are never empty. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** The list as a `NonEmpty`, or the fallback where it is empty. */
export function nonEmpty<T>(list: readonly T[], fallback: T): NonEmpty<T> {
  const [first, ...rest] = list;
  return first === undefined ? [fallback] : [first, ...rest];
}
