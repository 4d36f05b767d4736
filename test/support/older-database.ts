import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type Database, openPool } from '../../src/store/database.ts';
import { migrate, sql } from '../../src/store/drizzle.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import type { RecordedAnswers } from './recorded-provider.ts';

type Row = Readonly<Record<string, unknown>>;
type CheckVerdict = { readonly name: string; readonly verdict: string; readonly decidedAfter: number };

/** The tables in an order that respects their foreign keys. */
const tableNames = [
  'deploys',
  'bakes',
  'measurements',
  'histories',
  'timeline',
  'attempts',
  'deliveries',
  'held_notices',
  'presses',
  'freezes',
] as const;
export type OlderRows = Readonly<Record<(typeof tableNames)[number], readonly Row[]>>;

/** What became of one live bake when the older version went on with it. */
export type OlderOutcome = {
  readonly id: string;
  /** The state in which it was stored. */
  readonly before: string;
  /** Its end, without the reasons: their words may change. */
  readonly bake: Row;
  /** By check and phase: the first letter of every outcome in order, and the numbers of the last one. */
  readonly checks: Readonly<Record<string, { readonly outcomes: string; readonly last: Row }>>;
  readonly timeline: readonly string[];
  readonly attempts: readonly (string | null)[];
  /** What judging its recording again came to. */
  readonly replayed: { readonly verdict: string; readonly decidedAfter: number; readonly checks: readonly CheckVerdict[] };
};

/** A database that an older version left behind in the middle of its work, and how that version went on with it. */
export type OlderDatabase = {
  /** The last migration that it knew. */
  readonly migration: string;
  /** When it was left. */
  readonly now: number;
  readonly tables: OlderRows;
  /** What was queued and not performed yet. */
  readonly effects: readonly unknown[];
  /** The version that each service ran, and its share of the traffic where that was shifted. */
  readonly running: Readonly<Record<string, string>>;
  readonly weights: Readonly<Record<string, number>>;
  /** Until when the provider `flaky` could not be reached. */
  readonly outageUntil: number;
  /** The deploys that a person approved and finished right after `now`. */
  readonly approve: string;
  readonly finish: string;
  /** All that the providers answered from then on. */
  readonly answers: RecordedAnswers;
  /** By service and version. */
  readonly expected: Readonly<Record<string, OlderOutcome>>;
  /** Every notice that arrived from then on, sorted. */
  readonly heard: readonly string[];
};

/** Reads a fixture. */
export function readOlderDatabase(name: string): OlderDatabase {
  return JSON.parse(gunzipSync(readFileSync(new URL(`../fixtures/${name}`, import.meta.url))).toString('utf8'));
}

/** Puts the rows into an empty database, whose tables are those of the older version. */
export async function restoreOlderDatabase(url: string, { migration, tables }: Pick<OlderDatabase, 'migration' | 'tables'>): Promise<void> {
  const { db, close } = openPool(parseDatabaseUrl(url), { max: 1 });
  try {
    await migrateUpTo(db, migration);
    for (const name of tableNames) {
      const table = sql.identifier(name);
      const rows = JSON.stringify(tables[name]);
      await db.execute(sql`
        insert into bakewatch.${table} overriding system value
        select * from jsonb_populate_recordset(null::bakewatch.${table}, ${rows}::text::jsonb)`);
    }
    await db.execute(sql`select setval(pg_get_serial_sequence('bakewatch.timeline', 'id'), (select max(id) from bakewatch.timeline))`);
  } finally {
    await close();
  }
}

/** Applies the committed migrations up to and including one. */
async function migrateUpTo(db: Database, last: string): Promise<void> {
  const migrationsFolder = mkdtempSync(join(tmpdir(), 'bakewatch-migrations-'));
  try {
    cpSync(fileURLToPath(new URL('../../drizzle', import.meta.url)), migrationsFolder, { recursive: true });
    const path = join(migrationsFolder, 'meta', '_journal.json');
    const journal: { entries: readonly { readonly tag: string }[] } = JSON.parse(readFileSync(path, 'utf8'));
    const index = journal.entries.findIndex(({ tag }) => tag === last);
    if (index < 0) throw new Error(`there is no migration ${last}`);
    writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, index + 1) }));
    await migrate(db, { migrationsFolder, migrationsSchema: 'bakewatch_meta', migrationsTable: 'migrations' });
  } finally {
    rmSync(migrationsFolder, { recursive: true, force: true });
  }
}
