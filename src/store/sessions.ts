import { z } from 'zod';
import type { NewSession, Session, SessionRenewal, SignInLink } from '../ports/session-store.ts';
import type { Database } from './database.ts';
import { and, desc, eq, gt, lt, or, sql } from './drizzle.ts';
import { sessions, signInLinks } from './sessions-schema.ts';

const Groups = z.array(z.string()).catch([]);
const Kind = z.enum(['provider', 'link', 'token']);

/** Begins a session, ends the oldest ones beyond the maximum: `SessionStore.addSession`. */
export async function addSession(tx: Database, { id, sha256, csrfSecret, person, at, max }: NewSession): Promise<void> {
  const { issuer, subject, name, email, groups } = person;
  const ofPerson = and(eq(sessions.issuer, issuer), eq(sessions.subject, subject));
  await tx.update(sessions).set({ name, email, groups }).where(ofPerson);
  await tx.insert(sessions).values({ ...person, id, sha256, csrfSecret, createdAt: at, seenAt: at, renewedAt: at });
  await tx.execute(sql`
    delete from ${sessions} where id in (
      select id from ${sessions} where issuer = ${issuer} and subject = ${subject} order by created_at desc, id = ${id} desc offset ${max})`);
}

/** Finds a session by its present or its former secret: `SessionStore.findSession`. */
export async function findSession(db: Database, sha256: string, at: number): Promise<Session | null> {
  const isFormer = and(eq(sessions.formerSha256, sha256), gt(sessions.formerUntil, at));
  const [row] = await db
    .select()
    .from(sessions)
    .where(or(eq(sessions.sha256, sha256), isFormer))
    .limit(1);
  return row === undefined ? null : toSession(row);
}

/** `SessionStore.sawSession`. */
export async function sawSession(db: Database, id: string, at: number): Promise<void> {
  await db
    .update(sessions)
    .set({ seenAt: at })
    .where(and(eq(sessions.id, id), lt(sessions.seenAt, at)));
}

/** Gives the cookie of a session a new secret: `SessionStore.renewSession`. */
export async function renewSession(db: Database, { id, from, to, at, graceUntil }: SessionRenewal): Promise<boolean> {
  const rows = await db
    .update(sessions)
    .set({ sha256: to, formerSha256: from, formerUntil: graceUntil, renewedAt: at, seenAt: at })
    .where(and(eq(sessions.id, id), eq(sessions.sha256, from)))
    .returning({ id: sessions.id });
  return rows.length > 0;
}

/** All sessions: `SessionStore.sessions`. */
export async function readSessions(db: Database): Promise<readonly Session[]> {
  return (await db.select().from(sessions).orderBy(desc(sessions.seenAt), sessions.id)).map(toSession);
}

/** `SessionStore.endSession`. */
export async function endSession(db: Database, id: string): Promise<Session | null> {
  const [row] = await db.delete(sessions).where(eq(sessions.id, id)).returning();
  return row === undefined ? null : toSession(row);
}

/** Deletes what is no longer valid: `SessionStore.pruneSessions`. */
export async function pruneSessions(
  tx: Database,
  { createdBefore, seenBefore, at }: { readonly createdBefore: number; readonly seenBefore: number; readonly at: number },
): Promise<number> {
  await tx.delete(signInLinks).where(lt(signInLinks.expiresAt, at));
  const { rowCount } = await tx.delete(sessions).where(or(lt(sessions.createdAt, createdBefore), lt(sessions.seenAt, seenBefore)));
  return rowCount ?? 0;
}

/** `SessionStore.addSignInLink`. */
export async function addSignInLink(db: Database, { sha256, by, at, expiresAt }: SignInLink): Promise<void> {
  await db.insert(signInLinks).values({ sha256, by, createdAt: at, expiresAt });
}

/** Uses a link up: of two requests at once, one gets it. `SessionStore.useSignInLink`. */
export async function useSignInLink(db: Database, sha256: string, at: number): Promise<{ readonly by: string } | null> {
  const [row] = await db
    .delete(signInLinks)
    .where(and(eq(signInLinks.sha256, sha256), gt(signInLinks.expiresAt, at)))
    .returning({ by: signInLinks.by });
  return row ?? null;
}

function toSession(row: typeof sessions.$inferSelect): Session {
  const { id, csrfSecret, issuer, subject, name, email, createdAt, seenAt, renewedAt } = row;
  const [kind, groups] = [Kind.parse(row.kind), Groups.parse(row.groups)];
  return { id, csrfSecret, kind, issuer, subject, name, email, groups, createdAt, seenAt, renewedAt };
}
