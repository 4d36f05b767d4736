import type { Measurement } from '../judge/measurement.ts';

type RecoveryCheck = { readonly critical: boolean; readonly verifying: Measurement | null };

/** Whether the service was seen to recover: every critical check passes after the rollback. */
export function isRecoveryMeasured(checks: readonly RecoveryCheck[]): boolean {
  const critical = checks.filter((check) => check.critical);
  return critical.length > 0 && critical.every(({ verifying }) => verifying?.result.outcome === 'pass');
}
