import type { ActLink } from '../ports/act-link-store.ts';
import { actLinks } from './act-links-schema.ts';
import type { Database } from './database.ts';
import { and, eq, gt, isNull, lt } from './drizzle.ts';

/** `ActLinkStore.addActLinks`. */
export async function addActLinks(tx: Database, links: readonly Omit<ActLink, 'usedAt'>[], keepFrom: number): Promise<void> {
  await tx.delete(actLinks).where(lt(actLinks.expiresAt, keepFrom));
  if (links.length > 0) await tx.insert(actLinks).values([...links]);
}

/** `ActLinkStore.findActLink`. */
export async function findActLink(db: Database, sha256: string): Promise<ActLink | null> {
  const [row] = await db.select().from(actLinks).where(eq(actLinks.sha256, sha256));
  return row ?? null;
}

/** Uses a link up: of two requests at once, one gets it. `ActLinkStore.useActLink`. */
export async function useActLink(db: Database, sha256: string, at: number): Promise<boolean> {
  const isOpen = and(eq(actLinks.sha256, sha256), isNull(actLinks.usedAt), gt(actLinks.expiresAt, at));
  const rows = await db.update(actLinks).set({ usedAt: at }).where(isOpen).returning({ sha256: actLinks.sha256 });
  return rows.length > 0;
}
