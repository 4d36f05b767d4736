/** Returns the smallest `n` in 1…`length` with `isTrue(n)`, or `length + 1`. `isTrue` must stay true once it is true. */
export function binarySearch(length: number, isTrue: (n: number) => boolean): number {
  let [low, high] = [0, length + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return high;
}
