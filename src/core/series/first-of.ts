/** The first number from 1 on of which it is true, by halving: once true, it stays true. Beyond `length` where there is none. */
export function binarySearch(length: number, isTrue: (n: number) => boolean): number {
  let [low, high] = [0, length + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return high;
}
