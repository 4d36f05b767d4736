import { expect, test } from 'vitest';
import type { AuditEntry } from '../../src/ports/audit-trail.ts';
import { createRetention } from '../../src/scheduler/retention.ts';
import { aDatabase } from '../support/database.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { createManualClock } from '../support/manual-clock.ts';

const day = 86_400_000;
const noon = Date.parse('2026-11-20T12:00:00Z');

test('rows of the audit trail are deleted by whole days, with one checkpoint a day', async () => {
  const { store, close } = await aDatabase();
  const clock = createManualClock(noon);
  const keepMs = { pasts: day, measurements: day, deploys: day, audit: 2 * day };
  const { sweep } = createRetention(
    { store, clock, log: createFakeLog().log, meter: silentMeter },
    { keepMs, sessions: () => ({ idleMs: day, maxMs: day }), everyMs: 3_600_000 },
  );
  const entry: Omit<AuditEntry, 'at'> = {
    actor: { kind: 'token', name: 'ops' },
    verb: 'freeze',
    place: null,
    outcome: 'done',
    detail: '',
    requestId: null,
    address: null,
  };
  for (let hour = 0; hour < 72; hour += 6) await store.recordAudit({ ...entry, at: noon + hour * 3_600_000 });
  const kept = async () =>
    (await store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'oldest', limit: 100 })).map(({ verb, at }) => [
      verb,
      (at - noon) / 3_600_000,
    ]);
  clock.set(noon + 2 * day);
  await sweep();
  expect(await kept()).toHaveLength(12);
  // At 6 in the morning of the day after, what is left of the first day is older than two days and the rest of its day.
  clock.set(noon + 2.75 * day);
  await sweep();
  await sweep();
  expect(await kept()).toEqual([...Array.from({ length: 10 }, (_, i) => ['freeze', 12 + 6 * i]), ['audit.cut', 66]]);
  expect(await store.checkAudit()).toMatchObject({ rows: 11, first: 3, fault: null });
  await close();
});
