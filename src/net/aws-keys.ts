import { z } from 'zod';
import { SecretText } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';
import type { AwsKeys } from './aws-sign.ts';
import { LoginError } from './login/login.ts';
import { untilAborted } from './until-aborted.ts';

/** Returns the keys to sign with now. `isFresh`: AWS refused the last ones. Throws `AwsKeysError`. */
export type AwsKeySource = (options?: { readonly isFresh?: boolean }) => Promise<AwsKeys>;

/** There are no AWS credentials. The message names no secret. */
export class AwsKeysError extends LoginError {
  constructor(message: string) {
    super('refused', message);
    this.name = 'AwsKeysError';
  }
}

/** The keys of a config that name whom to sign as: nothing, for AWS' usual chain; a profile of it; or fixed keys. */
export const awsKeyOptions = {
  profile: z
    .string()
    .min(1)
    .optional()
    .describe("A profile of the files in `~/.aws`, which may name a role. Default: AWS' usual chain of credentials."),
  access_key: z
    .string()
    .regex(/^\w{16,128}$/, 'must be the id of an access key, such as AKIAIOSFODNN7EXAMPLE')
    .optional()
    .describe('The id of a fixed access key, instead of the usual chain. Needs `secret_key`.'),
  secret_key: SecretText.optional().describe('The secret of `access_key`.'),
  session_token: SecretText.optional().describe('The session token of `access_key`, where it is a temporary one.'),
};

const AwsKeyOptions = z.object(awsKeyOptions);
type AwsKeyOptions = z.output<typeof AwsKeyOptions>;

/** Returns what is wrong with a combination of keys in the config, or `null`. */
export function awsKeysFault({ profile, access_key, secret_key, session_token }: AwsKeyOptions): string | null {
  if (profile !== undefined && access_key !== undefined) return 'has both profile and access_key: give one of them';
  if ((access_key === undefined) !== (secret_key === undefined)) return 'has one of access_key and secret_key: give both or neither';
  if (session_token !== undefined && access_key === undefined) return 'has session_token without access_key';
  return null;
}

/** Creates the source of the keys that a config names. */
export function createAwsKeySource({ profile, access_key, secret_key, session_token }: AwsKeyOptions): AwsKeySource {
  if (access_key === undefined || secret_key === undefined) return createAwsKeyChain(profile);
  const keys = { accessKey: access_key, secretKey: secret_key, sessionToken: session_token ?? null };
  return async () => keys;
}

/** A program of a profile, or a server of tokens, may never answer. */
const maxMs = 30_000;

/**
 * AWS' own chain: variables of the environment, the files in `~/.aws` (with roles, single sign-on and programs), a web identity, the metadata of a
 * container or a machine. Temporary keys are kept until shortly before they expire, and are asked for once for all callers.
 */
function createAwsKeyChain(profile: string | undefined): AwsKeySource {
  let chain: Promise<AwsChain> | null = null;
  const ask = async (forceRefresh: boolean): Promise<AwsIdentity> => {
    chain ??= openChain(profile);
    return await (await chain)({ forceRefresh });
  };
  return async ({ isFresh = false } = {}) => {
    try {
      const late = () => new LoginError('timeout', `no AWS credentials came within ${maxMs / 1000} s`);
      const { accessKeyId, secretAccessKey, sessionToken } = await untilAborted(ask(isFresh), AbortSignal.timeout(maxMs), late);
      return {
        accessKey: accessKeyId,
        secretKey: new Secret(secretAccessKey),
        sessionToken: sessionToken === undefined ? null : new Secret(sessionToken),
      };
    } catch (error) {
      if (error instanceof LoginError) throw error;
      throw new AwsKeysError(wordsOf(error));
    }
  };
}

type AwsChain = (options: { readonly forceRefresh: boolean }) => Promise<AwsIdentity>;
type AwsIdentity = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

// The chain brings dozens of packages: only a server that uses it loads them.
async function openChain(profile: string | undefined): Promise<AwsChain> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider(profile === undefined ? {} : { profile });
}

// Only the chain's own errors are shown: others may quote the output of a program or the answer of a server.
function wordsOf(error: unknown): string {
  const isOwn = error instanceof Error && error.name === 'CredentialsProviderError';
  const words = isOwn ? error.message.split('\n')[0]?.slice(0, 200) : '';
  return `no AWS credentials were found${words ? `: ${words}` : ''}`;
}
