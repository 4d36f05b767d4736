import { z } from 'zod';
import { AppError } from '../core/base/errors.ts';
import { type Grant, tokenVerbs } from '../core/base/grant.ts';
import type { AuditEntry } from '../ports/audit-trail.ts';
import { type KnownSecret, maxTokens, type NewToken, type StoredToken, type TokenRotation } from '../ports/token-store.ts';
import { appendAudit } from './audit-trail.ts';
import type { Database } from './database.ts';
import { and, asc, desc, eq, inArray, isNull, lt, ne, or, sql } from './drizzle.ts';
import { lock } from './locks.ts';
import { tokenSecrets, tokens } from './tokens-schema.ts';

/** How long a token that does not work any more stays in the list. */
const keptMs = 400 * 86_400_000;

/** An unknown verb was written by a newer version, and gives no right here. A grant that cannot be read has no verb. */
const StoredGrant = z
  .object({ verbs: z.array(z.string()), services: z.array(z.string()), environments: z.array(z.string()) })
  .transform((grant): Grant => ({ ...grant, verbs: tokenVerbs.filter((verb) => grant.verbs.includes(verb)) }))
  .catch({ verbs: [], services: [], environments: [] });

/** Whether there is or was a token: `TokenStore.hasTokens`. */
export async function hasTokens(db: Database): Promise<boolean> {
  const rows = await db.select({ id: tokens.id }).from(tokens).limit(1);
  return rows.length > 0;
}

/** A secret by its id, and its token: `TokenStore.findSecret`. */
export async function findSecret(db: Database, id: string): Promise<KnownSecret | null> {
  const [row] = await db
    .select({ secret: tokenSecrets, token: tokens })
    .from(tokenSecrets)
    .innerJoin(tokens, eq(tokens.id, tokenSecrets.tokenId))
    .where(eq(tokenSecrets.id, id));
  if (row === undefined) return null;
  const { secret, token } = row;
  const [newer] = await db
    .select({ id: tokenSecrets.id })
    .from(tokenSecrets)
    .where(eq(tokenSecrets.tokenId, token.id))
    .orderBy(desc(tokenSecrets.createdAt), desc(tokenSecrets.id))
    .limit(1);
  const { salt, hash, expiresAt, lastUsedAt } = secret;
  const { name, revokedAt } = token;
  return { id, salt, hash, expiresAt, lastUsedAt, name, grant: StoredGrant.parse(token.grant), revokedAt, isReplaced: newer?.id !== id };
}

/** All tokens that are kept: `TokenStore.tokens`. */
export async function readTokens(db: Database): Promise<readonly StoredToken[]> {
  return await readSome(db, undefined);
}

/** Creates a token with its first secret: `TokenStore.createToken`. The lock makes creations wait for each other. */
export async function createToken(tx: Database, { secret, mustBeFirst, ...token }: NewToken, audit?: AuditEntry): Promise<StoredToken> {
  await lock(tx, 'tokens');
  if (mustBeFirst && (await hasTokens(tx)))
    throw new AppError('conflict', 'another token was created meanwhile; this server needs a token now');
  const working = await tx.execute<{ count: string }>(sql`
    select count(*) from ${tokens} t where t.revoked_at is null and exists (
      select 1 from ${tokenSecrets} s where s.token_id = t.id and (s.expires_at is null or s.expires_at > ${token.createdAt}))`);
  if (Number(working.rows[0]?.count) >= maxTokens)
    throw new AppError('conflict', `there are ${maxTokens} tokens; revoke those that nobody uses`);
  const [twin] = await tx
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(eq(tokens.name, token.name), isNull(tokens.revokedAt)));
  if (twin !== undefined)
    throw new AppError('conflict', `there is a token ${token.name}; rotate or revoke it`, { problem: 'token_exists' });
  await tx.insert(tokens).values(token);
  await tx.insert(tokenSecrets).values(rowOf(secret, token, token.createdAt));
  await dropOld(tx, token);
  if (audit !== undefined) await appendAudit(tx, audit);
  const created = await readOne(tx, token.id);
  if (created === null) throw new Error('a token that was just created must be there');
  return created;
}

/** Adds a secret, and ends those before: `TokenStore.rotateToken`. */
export async function rotateToken(
  tx: Database,
  { id, lifeMs, secret, at, overlapMs }: TokenRotation,
  audit?: AuditEntry,
): Promise<StoredToken | null> {
  const changed = await tx
    .update(tokens)
    .set({ lifeMs })
    .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)))
    .returning({ id: tokens.id });
  if (changed.length === 0) return null;
  const before = await tx
    .select()
    .from(tokenSecrets)
    .where(eq(tokenSecrets.tokenId, id))
    .orderBy(desc(tokenSecrets.createdAt), desc(tokenSecrets.id));
  const [newest, ...older] = before.map((row) => row.id);
  // What has ended for long is only in the way; the secret before stays, so that its owner learns why it does not work.
  if (older.length > 0) await tx.delete(tokenSecrets).where(inArray(tokenSecrets.id, older));
  if (newest !== undefined) {
    await tx
      .update(tokenSecrets)
      .set({ expiresAt: sql`least(${tokenSecrets.expiresAt}, ${at + overlapMs})` })
      .where(eq(tokenSecrets.id, newest));
  }
  // Strictly later than the one before, also where two rotations have the same time.
  const createdAt = Math.max(at, (before[0]?.createdAt ?? 0) + 1);
  await tx.insert(tokenSecrets).values({ ...rowOf(secret, { id, lifeMs }, at), createdAt });
  if (audit !== undefined) await appendAudit(tx, audit);
  return await readOne(tx, id);
}

/** Revokes a token: `TokenStore.revokeToken`. */
export async function revokeToken(
  tx: Database,
  { id, at, by }: { readonly id: string; readonly at: number; readonly by: string },
  audit?: AuditEntry,
): Promise<boolean> {
  const changed = await tx
    .update(tokens)
    .set({ revokedAt: at, revokedBy: by })
    .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)))
    .returning({ id: tokens.id });
  if (changed.length > 0 && audit !== undefined) await appendAudit(tx, audit);
  return changed.length > 0;
}

/** Records a use: `TokenStore.noteSecretUse`. */
export async function noteSecretUse(db: Database, id: string, at: number): Promise<void> {
  await db
    .update(tokenSecrets)
    .set({ lastUsedAt: at })
    .where(and(eq(tokenSecrets.id, id), or(isNull(tokenSecrets.lastUsedAt), lt(tokenSecrets.lastUsedAt, at))));
}

function rowOf(secret: NewToken['secret'], { id, lifeMs }: Pick<StoredToken, 'id' | 'lifeMs'>, at: number) {
  return { ...secret, tokenId: id, createdAt: at, expiresAt: lifeMs === null ? null : at + lifeMs };
}

async function readOne(db: Database, id: string): Promise<StoredToken | null> {
  const [token] = await readSome(db, eq(tokens.id, id));
  return token ?? null;
}

async function readSome(db: Database, which: ReturnType<typeof eq> | undefined): Promise<readonly StoredToken[]> {
  const rows = await db
    .select({ token: tokens, secret: tokenSecrets })
    .from(tokens)
    .innerJoin(tokenSecrets, eq(tokenSecrets.tokenId, tokens.id))
    .where(which)
    .orderBy(asc(tokens.name), desc(tokens.createdAt), asc(tokens.id), desc(tokenSecrets.createdAt), desc(tokenSecrets.id));
  const found = new Map<string, StoredToken>();
  for (const { token, secret } of rows) {
    const { id, createdAt, expiresAt, lastUsedAt } = secret;
    const earlier = found.get(token.id)?.secrets ?? [];
    found.set(token.id, {
      ...token,
      grant: StoredGrant.parse(token.grant),
      secrets: [...earlier, { id, createdAt, expiresAt, lastUsedAt }],
    });
  }
  return [...found.values()];
}

/** Deletes tokens that ended long ago. The new one stays, so the server stays closed. */
async function dropOld(tx: Database, { id, createdAt }: Pick<NewToken, 'id' | 'createdAt'>): Promise<void> {
  const before = createdAt - keptMs;
  const dropped = await tx
    .delete(tokens)
    .where(
      and(
        ne(tokens.id, id),
        or(
          lt(tokens.revokedAt, before),
          sql`not exists (select 1 from ${tokenSecrets} s where s.token_id = ${tokens.id} and (s.expires_at is null or s.expires_at >= ${before}))`,
        ),
      ),
    )
    .returning({ id: tokens.id });
  if (dropped.length > 0) {
    await tx.delete(tokenSecrets).where(
      inArray(
        tokenSecrets.tokenId,
        dropped.map((one) => one.id),
      ),
    );
  }
}
