import type { RatioTicks } from '../series/ticks.ts';
import { sum } from './turned-bad.ts';

/** The first tick of the newest bad time: the change point at which a higher share of bad events is most likely to begin. `null`: there is no bad event. */
export function onsetOf(ticks: RatioTicks): number | null {
  const { length } = ticks.total;
  const all = sum(ticks, 0, length);
  if (all.bad === 0) return null;
  let best = { at: 0, gain: 0 };
  let [bad, total] = [0, 0];
  for (let at = 1; at < length; at++) {
    bad += ticks.bad[at - 1] ?? 0;
    total += ticks.total[at - 1] ?? 0;
    const later = { bad: all.bad - bad, total: all.total - total };
    if (total === 0 || later.total === 0 || later.bad / later.total <= bad / total) continue;
    const gain = likelihood(bad, total) + likelihood(later.bad, later.total) - likelihood(all.bad, all.total);
    if (gain > best.gain) best = { at, gain };
  }
  return best.at;
}

/** The logarithm of the largest likelihood of `bad` among `total` events. */
function likelihood(bad: number, total: number): number {
  const part = (count: number) => (count <= 0 ? 0 : count * Math.log(count / total));
  return part(bad) + part(total - bad);
}
