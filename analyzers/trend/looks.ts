/** How many looks the budget of false alarms is divided by. */
export const maxLooks = 12;
/** Before this share of the planned bake no line is fitted. */
const minShare = 1 / 3;
/** A line through fewer ticks says nothing about its error. */
export const minTicks = 3;

/** When a bake is looked at. `every`: how many ticks lie between looks. `first`: after how many ticks the first is. */
export type LookTimes = { readonly planned: number; readonly every: number; readonly first: number };

/** The looks at a bake of `planned` ticks. */
export function lookTimes(planned: number): LookTimes {
  const every = Math.max(1, Math.ceil(planned / maxLooks));
  const first = every * Math.ceil(Math.max(minTicks, Math.ceil(minShare * planned)) / every);
  return { planned, every, first };
}

/** Whether a bake is looked at after `ticks` ticks. */
export function isLook({ every, first, planned }: LookTimes, ticks: number): boolean {
  return ticks === planned ? ticks >= minTicks : ticks >= first && ticks % every === 0;
}
