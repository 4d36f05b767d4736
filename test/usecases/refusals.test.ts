import { expect, test } from 'vitest';
import type { AuditEntry } from '../../src/ports/audit-trail.ts';
import { createRefusals, type RequestRefusal } from '../../src/usecases/refusals.ts';
import { createFakeLog } from '../support/fake-meter.ts';
import { createManualClock } from '../support/manual-clock.ts';

const t0 = 1_790_000_000_000;
const aRefusal = (rest: Partial<RequestRefusal> = {}): RequestRefusal => ({
  status: 401,
  actor: { kind: 'unknown', name: '' },
  requestId: 'r-1',
  address: '203.0.113.9',
  what: 'GET /v1/deploys',
  why: 'the token is not known',
  ...rest,
});

function createdRefusals() {
  const entries: AuditEntry[] = [];
  const clock = createManualClock(t0);
  const { log, lines } = createFakeLog();
  const store = { recordAudit: async (entry: AuditEntry) => void entries.push(entry) };
  const counts = () => entries.map(({ address, count }) => [address, count]);
  return { refusals: createRefusals({ store, clock, log }), entries, clock, lines, counts };
}

test('the first refusal is recorded at once, the others of its minute as one row with their number', async () => {
  const { refusals, entries, clock, counts, lines } = createdRefusals();
  for (let i = 0; i < 50; i += 1) await refusals.note(aRefusal({ requestId: `r-${i}` }));
  expect(entries).toEqual([
    {
      at: t0,
      actor: { kind: 'unknown', name: '' },
      requestId: 'r-0',
      address: '203.0.113.9',
      verb: 'request',
      place: null,
      outcome: 'refused',
      detail: '401 GET /v1/deploys: the token is not known',
      count: 1,
    },
  ]);
  clock.set(t0 + 60_000);
  await refusals.note(aRefusal({ requestId: 'r-50' }));
  expect(counts()).toEqual([
    ['203.0.113.9', 1],
    ['203.0.113.9', 49],
    ['203.0.113.9', 1],
  ]);
  expect(entries[1]?.requestId).toBe('r-49');
  expect(lines.map(({ level, fields }) => [level, fields.count])).toEqual([
    ['warn', 1],
    ['warn', 49],
    ['warn', 1],
  ]);
});

test('addresses, names and statuses are counted apart', async () => {
  const { refusals, entries } = createdRefusals();
  const ci = { kind: 'token', name: 'ci' } as const;
  for (const one of [aRefusal(), aRefusal({ address: '198.51.100.1' }), aRefusal({ actor: ci, status: 403 }), aRefusal({ actor: ci })])
    for (let i = 0; i < 3; i += 1) await refusals.note(one);
  expect(entries).toHaveLength(4);
});

test('a crowd of senders shares one count', async () => {
  const { refusals, entries } = createdRefusals();
  for (let i = 0; i < 500; i += 1) await refusals.note(aRefusal({ address: `2001:db8::${i.toString(16)}` }));
  expect(entries).toHaveLength(201);
  expect(entries.at(-1)).toMatchObject({ address: null, actor: { name: 'many senders' } });
});

test('a stop records what was counted', async () => {
  const { refusals, counts } = createdRefusals();
  for (let i = 0; i < 3; i += 1) await refusals.note(aRefusal());
  await refusals.stop();
  expect(counts()).toEqual([
    ['203.0.113.9', 1],
    ['203.0.113.9', 2],
  ]);
});
