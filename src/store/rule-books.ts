import { createHash } from 'node:crypto';
import { type BookAnswer, type BookContent, type BookOffer, type RuleBook, seenForMs } from '../ports/rule-book-store.ts';
import type { Database } from './database.ts';
import { and, desc, eq, gt, lt, lte, ne } from './drizzle.ts';
import { lock } from './locks.ts';
import { readBookContent } from './read-rules.ts';
import { ruleBooks, ruleFiles } from './schema.ts';
import { storable } from './storable.ts';

/** How many versions are kept, to recognize files that the fleet had before. */
const keptVersions = 100;
/** How long a replica that does not come back is remembered. */
const keptReplicaMs = 90 * 86_400_000;

/** The version of the rule book: `RuleBookStore.ruleBookVersion`. */
export async function readRuleBookVersion(db: Database): Promise<number> {
  const [row] = await db.select({ version: ruleBooks.version }).from(ruleBooks).orderBy(desc(ruleBooks.version)).limit(1);
  return row?.version ?? 0;
}

/** The rule book in force: `RuleBookStore.ruleBook`. */
export async function readRuleBook(db: Database): Promise<RuleBook | null> {
  const [row] = await db.select().from(ruleBooks).orderBy(desc(ruleBooks.version)).limit(1);
  if (row === undefined) return null;
  const { version, loadedAt, loadedBy, instancesDigest: instances } = row;
  return { ...readBookContent(row.content), instances, version, loadedAt, loadedBy };
}

/** Decides whether files become the rule book: `RuleBookStore.offerRuleBook`. The lock makes offers wait for each other. */
export async function offerRuleBook(tx: Database, offer: BookOffer): Promise<BookAnswer> {
  const { replica, content, instances, at } = offer;
  await lock(tx, 'rule book');
  const current = await readRuleBook(tx);
  const digests = digestsOf(offer);
  const outcome = current === null ? 'loaded' : await outcomeOf(tx, offer, current);
  await tx
    .insert(ruleFiles)
    .values({ replica, at, ...digests })
    .onConflictDoUpdate({ target: ruleFiles.replica, set: { at, ...digests } });
  if (outcome !== 'loaded' && current !== null) return { outcome, book: current };
  const version = (current?.version ?? 0) + 1;
  await tx.insert(ruleBooks).values({ version, loadedAt: at, loadedBy: offer.by, content, ...digests });
  await tx.delete(ruleBooks).where(lte(ruleBooks.version, version - keptVersions));
  await tx.delete(ruleFiles).where(lt(ruleFiles.at, at - keptReplicaMs));
  return { outcome: 'loaded', book: { ...content, instances, version, loadedAt: at, loadedBy: offer.by } };
}

type DigestColumns = Pick<typeof ruleBooks.$inferSelect, 'contentDigest' | 'instancesDigest'>;

async function outcomeOf(tx: Database, offer: BookOffer, current: RuleBook): Promise<BookAnswer['outcome']> {
  const [digests, inForce] = [digestsOf(offer), digestsOf({ content: current, instances: current.instances })];
  if (isSame(digests, inForce)) return 'current';
  if (offer.isExplicit) return 'loaded';
  // The replica had the book of the fleet, so its files were changed since.
  const [before] = await tx.select().from(ruleFiles).where(eq(ruleFiles.replica, offer.replica));
  if (before !== undefined && isSame(before, inForce)) return 'loaded';
  const known = await tx
    .select({ version: ruleBooks.version })
    .from(ruleBooks)
    .where(and(eq(ruleBooks.contentDigest, digests.contentDigest), eq(ruleBooks.instancesDigest, digests.instancesDigest)))
    .limit(1);
  if (known.length === 0) return 'loaded';
  const holders = await tx
    .select({ replica: ruleFiles.replica })
    .from(ruleFiles)
    .where(
      and(
        ne(ruleFiles.replica, offer.replica),
        gt(ruleFiles.at, offer.at - seenForMs),
        eq(ruleFiles.contentDigest, inForce.contentDigest),
        eq(ruleFiles.instancesDigest, inForce.instancesDigest),
      ),
    )
    .limit(1);
  return holders.length > 0 ? 'older' : 'loaded';
}

/** Records that a replica runs: `RuleBookStore.sawReplica`. */
export async function sawReplica(db: Database, replica: string, at: number): Promise<void> {
  await db.update(ruleFiles).set({ at }).where(eq(ruleFiles.replica, replica));
}

function isSame(one: DigestColumns, other: DigestColumns): boolean {
  return one.contentDigest === other.contentDigest && one.instancesDigest === other.instancesDigest;
}

/** Content is digested as this version reads it back: what another version has stored of the same files has the same digest here. */
function digestsOf({ content, instances }: { readonly content: BookContent; readonly instances: string }): DigestColumns {
  const { entries, policy } = readBookContent(storable(JSON.parse(JSON.stringify(content))));
  const sorted = JSON.stringify(sortKeys({ entries: entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), policy }));
  return { contentDigest: createHash('sha256').update(sorted).digest('hex'), instancesDigest: instances };
}

function keyOf({ ruleSet: { service, environment } }: BookContent['entries'][number]): string {
  return JSON.stringify([service, environment]);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sortKeys(entry)]),
  );
}
