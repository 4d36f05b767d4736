import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpListener, listen } from '../../src/app/listen.ts';
import { runProgram } from '../../src/cli/program.ts';
import { aDatabase, administer, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

const t0 = Date.parse('2026-11-20T12:00:00Z');

let database: TestDatabase;
let listening: HttpListener;
beforeAll(async () => {
  database = await aDatabase();
  listening = await listen({ host: '127.0.0.1', port: 0 });
  listening.answer(aReadingApi(database.store).fetch);
});
afterAll(async () => {
  await listening.close();
  await database.close();
});

async function run(...argv: readonly string[]) {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const io = { out, err: out, isTerminal: false, now: () => 0, sleep: async () => {} };
  // The other commands' dependencies are not asked for.
  const deps = { io, version: '0', serverUrl: listening.url, token: null } as unknown as Parameters<typeof runProgram>[1];
  const code = await runProgram(['audit', ...argv], deps);
  return { code, text, lines: text.split('\n').slice(0, -1) };
}

test('a trail is shown, exported and verified, and a change is found', async () => {
  expect(await run('verify')).toMatchObject({ code: 0, lines: ['no rows'] });
  const entry = { at: t0, actor: { kind: 'token', name: 'ops' }, outcome: 'done', requestId: 'r', address: '192.0.2.7' } as const;
  const freeze = { ...entry, verb: 'freeze', place: { service: 'shop', environment: null }, detail: 'a \u001b[31msale' };
  await database.store.recordAudit(freeze);
  for (let i = 0; i < 205; i += 1)
    await database.store.recordAudit({
      ...entry,
      verb: 'request',
      place: null,
      outcome: 'refused',
      count: 9,
      detail: `number ${i}`,
      address: null,
    });

  const { lines } = await run('--service', 'shop');
  expect(lines).toEqual([expect.stringMatching(/^2026-11-20T12:00:00\.000Z {2}ops \(token, 192\.0\.2\.7\) {2}freeze shop: a .*sale$/)]);
  expect(lines[0]).not.toContain('\u001b');
  expect((await run('list', '--limit', '1')).lines).toEqual([
    '2026-11-20T12:00:00.000Z  ops (token)  request, refused 9 times: number 204',
  ]);
  expect((await run('--limit', '1000')).lines).toHaveLength(206);
  expect(JSON.parse((await run('--json', '--verb', 'freeze')).text)).toMatchObject({ seq: 1, verb: 'freeze' });
  expect(await run('--limit', '0')).toMatchObject({ code: 2 });
  expect(await run('--since', 'yesterday')).toMatchObject({ code: 2, text: expect.stringContaining('query.since') });

  const file = join(await mkdtemp(join(tmpdir(), 'bakewatch-audit-')), 'audit.jsonl');
  await run('export', '--output', file);
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(206);

  const whole = await run('verify');
  expect(whole).toMatchObject({ code: 0, lines: ['whole: 206 rows, 1 to 206', expect.stringMatching(/^newest row: 206:[0-9a-f]{64}$/)] });
  const noted = whole.lines[1]?.split(' ').at(-1) ?? '';
  expect(await run('verify', '--noted', noted)).toMatchObject({ code: 0 });
  expect(await run('verify', '--noted', '206')).toMatchObject({ code: 2 });
  const cut = 'delete from bakewatch.audit where seq > 200';
  await administer(
    database.url,
    `alter table bakewatch.audit disable trigger user; ${cut}; alter table bakewatch.audit enable trigger user`,
  );
  expect(await run('verify')).toMatchObject({ code: 0 });
  expect(await run('verify', '--noted', noted)).toMatchObject({
    code: 1,
    lines: ['broken at row 206: it was noted, and is missing: the newest row is 200'],
  });
});
