import type { JSONWebKeySet, JWTVerifyOptions } from 'jose';
import type { Http } from '../net/http.ts';
import type { PipelineIssuers, TokenCheck, TokenDemand } from '../ports/pipeline-issuer.ts';
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts';

type Jose = typeof import('jose');

/** Only algorithms with a private and a public key: with a shared one, everyone who may check tokens could make them. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const toleranceSeconds = 60;
const maxTokenLength = 12_000;

/** Creates the check of tokens with the keys of their issuers. The library is loaded with the first token. */
export function createPipelineIssuers(deps: { readonly http: Http; readonly now: () => number }): PipelineIssuers {
  const keysOf = new Map<string, IssuerKeys>();
  return {
    async issuerOf(token) {
      if (!/^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(token) || token.length > maxTokenLength) return null;
      const { decodeJwt } = await import('jose');
      try {
        const { iss } = decodeJwt(token);
        return typeof iss === 'string' ? iss : null;
      } catch {
        return null;
      }
    },
    async check(token, demand) {
      const keys = keysOf.get(demand.issuer) ?? createIssuerKeys(demand.issuer, deps);
      keysOf.set(demand.issuer, keys);
      return await check(token, { demand, keys, jose: await import('jose'), now: deps.now });
    },
  };
}

type CheckParts = { readonly demand: TokenDemand; readonly keys: IssuerKeys; readonly jose: Jose; readonly now: () => number };

async function check(token: string, { demand, keys, jose, now }: CheckParts): Promise<TokenCheck> {
  const { kid, alg } = headerOf(token, jose);
  if (kid === undefined || alg === undefined) return refused('its header names no key');
  if (!algorithms.includes(alg)) return refused('its algorithm is not accepted');
  const known = await keys.current(false);
  const set = known !== null && hasKey(known, kid) ? known : await keys.current(true);
  if (set === null) return { kind: 'away', why: `tokens cannot be checked, because ${demand.issuer} does not give its keys` };
  if (!hasKey(set, kid)) return refused('its issuer has no such key');
  const options: JWTVerifyOptions = {
    algorithms,
    issuer: demand.issuer,
    audience: [...demand.audiences],
    maxTokenAge: Math.ceil(demand.maxAgeMs / 1000),
    clockTolerance: toleranceSeconds,
    requiredClaims: ['exp', 'iat', 'sub'],
    currentDate: new Date(now()),
  };
  try {
    const { payload } = await jose.jwtVerify(token, jose.createLocalJWKSet(set), options);
    return { kind: 'valid', claims: payload };
  } catch (error) {
    if (!(error instanceof jose.errors.JOSEError)) throw error;
    return refused(reasonOf(error, { demand, jose }));
  }
}

function headerOf(token: string, jose: Jose): { readonly kid?: string; readonly alg?: string } {
  try {
    const { kid, alg } = jose.decodeProtectedHeader(token);
    return { ...(typeof kid === 'string' && { kid }), ...(typeof alg === 'string' && { alg }) };
  } catch {
    return {};
  }
}

function hasKey({ keys }: JSONWebKeySet, kid: string): boolean {
  return keys.some((key) => key.kid === kid);
}

function refused(why: string): TokenCheck {
  return { kind: 'refused', why: `the token of the pipeline is not valid: ${why}` };
}

/** Errors of jose in words for the sender. The signature is checked before the claims, so only who has a signed token learns about them. */
function reasonOf(error: Error, { demand, jose }: Pick<CheckParts, 'demand' | 'jose'>): string {
  const { JWTClaimValidationFailed, JWTExpired, JWSSignatureVerificationFailed } = jose.errors;
  if (error instanceof JWTExpired) {
    return error.claim === 'iat' ? `it is older than \`max_age\` allows` : 'it has expired; ask for a new one right before the call';
  }
  if (error instanceof JWTClaimValidationFailed) {
    if (error.claim === 'aud') return `it is for another audience than ${demand.audiences.join(' or ')}`;
    if (error.reason !== 'missing' && (error.claim === 'iat' || error.claim === 'nbf'))
      return 'it begins in the future; is the clock of this server right?';
    return `its claim \`${error.claim}\` is missing or wrong`;
  }
  return error instanceof JWSSignatureVerificationFailed ? 'its signature is wrong' : 'it is not a signed token';
}
