import { AppError } from '../core/base/errors.ts';

/** What a registration says about the time of its deploy. */
export type DeployTiming = {
  readonly phase: 'started' | 'finished';
  readonly deployedAt: string | undefined;
  /** Seconds since the first try of the call. */
  readonly firstTryAgo: number | undefined;
};

/** A clock that is ahead by this much is a clock that is off, and not a mistake of the caller. */
const maxAheadMs = 300_000;
const maxAgeMs = 7 * 86_400_000;

/** When the deploy finished, if the caller says that it was earlier than now; else `undefined`. Throws `AppError('invalid')`. */
export function readDeployedAt({ phase, deployedAt, firstTryAgo }: DeployTiming, now: number): number | undefined {
  if (deployedAt === undefined) {
    if (phase === 'started' || firstTryAgo === undefined || firstTryAgo <= 0) return undefined;
    return now - Math.round(firstTryAgo * 1000);
  }
  if (phase === 'started') throw new AppError('invalid', '`deployed_at` is when a deploy finished, and this one has only started');
  const at = Date.parse(deployedAt);
  if (at > now + maxAheadMs) throw new AppError('invalid', `\`deployed_at\` ${deployedAt} lies in the future`);
  if (at < now - maxAgeMs)
    throw new AppError('invalid', `\`deployed_at\` ${deployedAt} is more than 7 days ago; to make a running release known-good, adopt it`);
  return at < now ? at : undefined;
}
