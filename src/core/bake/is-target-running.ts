import type { Target } from './deploy.ts';

type RunningRelease = { readonly from: { readonly version: string }; readonly target: Pick<Target, 'version' | 'fingerprint'> };

/**
 * Whether what the platform reports as running is the target of a rollback. A version proves nothing if the bad release has the same one. Neither does a
 * fingerprint that equals the version of the bad release: it was read after the bad release was placed and before it was registered.
 */
export function isTargetRunning(running: string, { from, target }: RunningRelease): boolean {
  const isBad = running === from.version && from.version !== target.version;
  return !isBad && (running === target.fingerprint || (running === target.version && from.version !== target.version));
}
