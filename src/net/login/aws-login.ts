import type { Secret } from '../../core/base/secret.ts';
import type { AwsKeySource } from '../aws-keys.ts';
import { type AwsKeys, type AwsScope, signAwsRequest } from '../aws-sign.ts';
import type { Login } from './login.ts';

/** How often a refusal can make the chain of credentials start again. */
const refusalPauseMs = 60_000;

/** Signs each request for AWS. Temporary keys that AWS refuses are replaced once a minute at most. */
export function createAwsLogin(keysNow: AwsKeySource, { now, ...scope }: AwsScope & { readonly now: () => number }): Login {
  let sent: readonly Secret[] = [];
  let isStale = false;
  let refusedAt = Number.NEGATIVE_INFINITY;
  return {
    async sign(request) {
      const isFresh = isStale;
      isStale = false;
      const keys = await keysNow({ isFresh });
      sent = secretsOf(keys);
      return await signAwsRequest(request, { ...scope, keys, at: now() });
    },
    renew(request, { status }) {
      const isTemporary = request.headers?.['x-amz-security-token'] !== undefined;
      if ((status !== 401 && status !== 403) || !isTemporary || Math.abs(now() - refusedAt) < refusalPauseMs) return false;
      refusedAt = now();
      isStale = true;
      return true;
    },
    secrets: () => sent,
  };
}

function secretsOf({ secretKey, sessionToken }: AwsKeys): readonly Secret[] {
  return sessionToken === null ? [secretKey] : [secretKey, sessionToken];
}
