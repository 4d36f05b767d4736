/** The number of runs of a slow property: `count`, or a fifth of it with `QUICK=true`, which `script/check` sets. */
export function runs(count: number): { readonly numRuns: number } {
  return { numRuns: process.env.QUICK === 'true' ? Math.ceil(count / 5) : count };
}
