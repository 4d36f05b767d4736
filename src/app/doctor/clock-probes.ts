import type { DatabaseInspection } from '../../store/inspect-database.ts';
import type { ExamAnswer, ExamProbe } from '../../usecases/examine.ts';
import type { Adapters } from '../adapters.ts';
import { readClockSkews, skewWarnings } from '../clock-skew.ts';
import { createDatabaseClock } from '../database-clock.ts';

const limitMs = 6_000;
const hint = 'set that clock by NTP; verdicts stay right meanwhile';

/** Compares the clocks of this machine and of the providers with the database's. Ask them after the providers: their answers show their time. */
export function clockProbes(opened: Promise<DatabaseInspection | null>, providers: Adapters['providers']): readonly ExamProbe[] {
  const clock = createDatabaseClock();
  const synced = opened.then(async (database) => {
    await clock.sync(async () => (database === null ? Promise.reject(new Error('no database')) : database.now()));
    return true;
  });
  const isSynced = () => synced.catch(() => false);
  const compare = (of: string, against: string): ExamAnswer => {
    const ms = readClockSkews(clock, providers).get(of);
    if (ms === undefined) return { outcome: 'not_tried', reason: 'no answer with its time came' };
    const [warning] = skewWarnings(new Map([[of, ms]]));
    if (warning !== undefined) return { outcome: 'warn', reason: warning.replace("the database's", against), hint };
    return { outcome: 'ok', reason: `within ${Math.max(1, Math.ceil(Math.abs(ms) / 1_000))} s of ${against}` };
  };
  const machine = async (): Promise<ExamAnswer> =>
    (await isSynced()) ? compare('process', "the database's") : { outcome: 'not_tried', reason: 'the time of the database is not known' };
  const probes: ExamProbe[] = [{ part: 'clock', name: 'this machine', limitMs, ask: machine }];
  for (const [name, instance] of providers) {
    if (instance.clock === undefined) continue;
    const ask = async () => compare(`provider:${name}`, (await isSynced()) ? "the database's" : "this machine's");
    probes.push({ part: 'clock', name, limitMs, ask });
  }
  return probes;
}
