import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../core/base/errors.ts';
import { callerWith, type Grant, type Identity } from './caller.ts';
import type { StoredTokens } from './stored-tokens.ts';
import { readSecret } from './token-secret.ts';

/** A token of the config. It does not work from `expiresAt` on. */
type ConfigToken = Grant & { readonly name: string; readonly sha256: string; readonly expiresAt?: number | null };

export type TokenSignInDeps = {
  /** The tokens of the config; a reload changes the list. */
  readonly configured: readonly ConfigToken[];
  readonly stored: Pick<StoredTokens, 'isOpen' | 'identify' | 'identifyById'>;
  readonly now: () => number;
};

/** People sign in with a token, instead of at an identity provider. */
export type TokenSignIn = {
  /** Whether there is a token at all. While the database does not answer, there may be. */
  isOffered(): Promise<boolean>;
  /** Who has this secret, and the reference by which a session finds the token again; or why it does not work. */
  check(text: string): Promise<{ readonly identity: Identity; readonly reference: string }>;
  /** Who has the token of a session now: its rights, or why it does not work any more. */
  identify(reference: string): Promise<Identity>;
};

/** Creates the sign-in with tokens. A session has no rights of its own: each request looks its token up. */
export function createTokenSignIn({ configured, stored, now }: TokenSignInDeps): TokenSignIn {
  const ofConfig = (token: ConfigToken | undefined): Identity => {
    if (token === undefined) return { caller: null, why: 'the token is no longer in the config' };
    const { name, expiresAt } = token;
    if (expiresAt && expiresAt <= now()) return { caller: null, why: `the token ${name} has expired` };
    return { caller: callerWith({ kind: 'token', name, grants: [token] }) };
  };
  return {
    async isOffered() {
      if (configured.length > 0) return true;
      try {
        return !(await stored.isOpen());
      } catch (error) {
        if (error instanceof AppError && error.code === 'unavailable') return true;
        throw error;
      }
    },
    async check(text) {
      const token = configured.find(({ sha256 }) => isHashOf(sha256, text));
      if (token !== undefined) return { identity: ofConfig(token), reference: referenceOf(token) };
      const reading = readSecret(text);
      return { identity: await stored.identify(text), reference: reading.kind === 'id' ? `id:${reading.id}` : '' };
    },
    async identify(reference) {
      if (reference.startsWith('id:')) return await stored.identifyById(reference.slice('id:'.length));
      return ofConfig(configured.find((token) => referenceOf(token) === reference));
    },
  };
}

/** The name, and a few digits that change with the secret. They are too few to guess the secret by. */
function referenceOf({ name, sha256 }: ConfigToken): string {
  return `config:${createHash('sha256').update(sha256).digest('hex').slice(0, 8)}:${name}`;
}

function isHashOf(sha256: string, text: string): boolean {
  const [expected, given] = [Buffer.from(sha256, 'hex'), createHash('sha256').update(text).digest()];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
