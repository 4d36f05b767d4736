import { createHash, randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { AdminLink, AdminLinkOptions } from '../cli/admin-link-command.ts';
import { AppError } from '../core/base/errors.ts';
import { Secret } from '../core/base/secret.ts';
import { loadConfig } from '../rules/load-config.ts';
import { writeSignInLink } from '../store/write-sign-in-link.ts';
import { plugins } from './plugins.ts';
import type { ServeInput } from './serve.ts';

/** How long the link works. */
const lifeMs = 900_000;

/**
 * Makes a link that signs its holder in as admin, once. It goes through the database, because the first admin has no token: who may read the config and
 * reach the database may do everything anyway. Throws `ConfigError` and `AppError`.
 */
export async function runAdminLink(
  { config: file }: AdminLinkOptions,
  { env, readFile, listFiles }: Omit<ServeInput, 'file'>,
): Promise<AdminLink> {
  const { config } = loadConfig({ file, env: env.all, readFile, listFiles, plugins });
  if (config.signIn === null) {
    throw new AppError('conflict', 'the config has no `sign_in`, so there are no sessions: add `sign_in: {}`, and reload the server');
  }
  const key = randomBytes(32).toString('base64url');
  const by = `${userInfo().username}@${hostname()}`;
  const databaseUrl = env.databaseUrl === null ? config.database.url : new Secret(env.databaseUrl);
  await writeSignInLink({ databaseUrl, dataDir: config.dataDir }, { sha256: createHash('sha256').update(key).digest('hex'), by, lifeMs });
  const { host, port, publicUrl, tls } = config.server;
  const base = publicUrl ?? `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { url: `${base}/auth/link?key=${key}`, minutes: lifeMs / 60_000 };
}
