/** Whether slow tests try fewer cases. `script/check` sets it; `script/test` tries all. */
export const isQuick = process.env.QUICK === 'true';

/** The number of runs of a slow property: `count`, or a fifth of it with `QUICK=true`, which `script/check` sets. */
export function runs(count: number): { readonly numRuns: number } {
  return { numRuns: isQuick ? Math.ceil(count / 5) : count };
}

/** All cases of a slow test, or the first ones with `QUICK=true`. */
export function quick<Case>(cases: readonly Case[], count: number): readonly Case[] {
  return isQuick ? cases.slice(0, count) : cases;
}
