import { createHash } from 'node:crypto';
import { show } from '../core/rules/written-values.ts';
import type { TokenConfig } from './config.ts';
import { TokenSection } from './config-file.ts';
import type { Cursor } from './cursor.ts';

const { shape } = TokenSection;

/** Reads the tokens of the config, hashes their secrets, and reports problems. No message contains a secret. */
export function readTokens(cursor: Cursor): readonly TokenConfig[] {
  if (!cursor.isPresent) return [];
  if (cursor.tree?.body.kind !== 'list') {
    cursor.problem('must be a list', 'begin each token with a dash');
    return [];
  }
  const tokens: TokenConfig[] = [];
  for (const item of cursor.items) {
    const token = readToken(item);
    if (!token) continue;
    const twin = tokens.find((other) => other.sha256 === token.sha256 && token.sha256 !== '');
    if (tokens.some((other) => other.name === token.name)) item.at('name').problem(`two tokens are named ${show(token.name)}`);
    if (twin)
      item.problem(`has the same secret as ${show(twin.name)}`, 'give each token its own secret, so that the audit log shows who did what');
    tokens.push(token);
  }
  return tokens;
}

function readToken(cursor: Cursor): TokenConfig | null {
  if (!cursor.isMapOf(Object.keys(shape))) return null;
  const name = cursor.at('name').take(shape.name);
  const sha256 = readHash(cursor);
  const verbs = cursor.at('verbs').take(shape.verbs) ?? [];
  const services = cursor.at('services').take(shape.services) ?? [];
  const environments = cursor.at('environments').take(shape.environments) ?? [];
  const expiresAt = cursor.at('expires').take(shape.expires) ?? null;
  return name === undefined ? null : { name, sha256, verbs: [...new Set(verbs)], services, environments, expiresAt };
}

function readHash(cursor: Cursor): string {
  const [token, hash] = [cursor.at('token'), cursor.at('hash')];
  if (token.isPresent && hash.isPresent) cursor.problem('has both `token` and `hash`', 'keep one of them');
  if (!token.isPresent && !hash.isPresent) {
    cursor.problem('needs `token` or `hash`', `write \`token: \${NAME}\` to take it from the environment`);
  }
  const secret = token.take(shape.token);
  const digest = hash.take(shape.hash);
  if (secret !== undefined) return createHash('sha256').update(secret).digest('hex');
  return digest === undefined ? '' : digest.slice('sha256:'.length).toLowerCase();
}
