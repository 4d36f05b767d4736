import { AppError } from '../core/base/errors.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { compile } from './statement.ts';

const clockTime = compile(sql`select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at`, ({ at }) => Number(at));

/** The time of the database: `StoreMaintenance.now`. */
export async function readNow(db: Database): Promise<number> {
  const [at] = await clockTime(db, {});
  if (at === undefined) throw new AppError('unavailable', 'the database did not say its time');
  return at;
}
