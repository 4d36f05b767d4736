/** The error of each tick. */
export function pushErrors(errors: number[], values: Float64Array, expected: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) errors.push(Math.abs(value - (expected[i] ?? 0)));
  }
}

type SumOptions = { readonly values: Float64Array; readonly expected: Float64Array; readonly phi: number };

/** The error of the sum over the bake, by roots, whose variance does not depend on the number: single ticks of events are too noisy to compare forecasts. */
export function pushRoots(errors: number[], { values, expected, phi }: SumOptions): void {
  let [sum, expectedSum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    expectedSum += expected[i] ?? 0;
  }
  // Where nothing was expected and nothing came, all forecasts are right.
  if (sum + expectedSum >= phi) errors.push(Math.abs(Math.sqrt(sum) - Math.sqrt(expectedSum)));
}

/** How many times more neighboring ticks differ than those of independent events would. In another unit than events it is that unit, too. */
export function dispersionOf(values: Float64Array): number {
  let [sum, known, steps, pairs] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    known++;
    sum += value;
    const step = value - (values[i - 1] ?? Number.NaN);
    if (Number.isNaN(step)) continue;
    pairs++;
    steps += step ** 2 / 2;
  }
  return pairs > 0 && sum > 0 ? steps / pairs / (sum / known) : 0;
}
