import type { Deploy } from './deploy.ts';
import { formatTimeLeft } from './time-left.ts';

/** A pipeline that takes this long between the deploy and its registration is not late. */
const punctualMs = 60_000;

/** That a deploy was registered late, and what follows from it, for the timeline and the page; empty where it was not. */
export function lateText({ registeredAt, deployedAt }: Pick<Deploy, 'registeredAt' | 'deployedAt'>): string {
  if (deployedAt === undefined || registeredAt - deployedAt < punctualMs) return '';
  return `, ${formatTimeLeft(registeredAt - deployedAt)} after the deploy: the time between them is the release’s own, and is not counted as the time before it`;
}
