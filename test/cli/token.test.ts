import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { listen } from '../../src/app/listen.ts';
import { runProgram } from '../../src/cli/program.ts';
import { readSecret } from '../../src/usecases/token-secret.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
let close: () => Promise<void>;
let url: string;
const configured: Token[] = [];
beforeEach(async () => {
  database = await aDatabase();
  const listening = await listen({ host: '127.0.0.1', port: 0 });
  listening.answer(aReadingApi(database.store, configured).fetch);
  ({ close, url } = listening);
});
afterEach(async () => {
  await close();
  await database.close();
});

async function run(argv: readonly string[], token: string | null = null) {
  const printed = { out: '', err: '' };
  const to = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk, _, done) => {
        printed[name] += chunk;
        done();
      },
    });
  const io = { out: to('out'), err: to('err'), isTerminal: false, now: () => 0, sleep: async () => {} };
  // A cast: these commands use nothing else.
  const code = await runProgram(argv, { io, version: '0', serverUrl: url, token } as unknown as Parameters<typeof runProgram>[1]);
  return { code, ...printed };
}

test('a token is created, listed, rotated and revoked; its secret stands alone on standard output', async () => {
  const first = await run(['token', 'new', 'root', '--may', 'admin,read', '--expires', 'never']);
  expect(first).toMatchObject({ code: 0, err: expect.stringContaining('the server needs a token from now on') });
  const root = first.out.trim();
  expect(readSecret(root).kind).toBe('id');

  expect(await run(['token', 'list'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('send a token') });
  const made = await run(['token', 'new', 'ci', '--may', 'register, read', '--services', 'shop,cart', '--expires', '90d'], root);
  expect(made.err).not.toContain('from now on');
  const listed = await run(['token', 'list'], root);
  expect(listed.out).toMatch(/^ci: register, read for shop, cart in all environments; expires 20/m);
  expect(listed.out).toContain('by root; not used yet');
  expect(listed.out + listed.err).not.toContain(made.out.trim());

  const rotated = await run(['token', 'rotate', 'ci', '--overlap', '1h'], root);
  expect(rotated.out).toMatch(/^bw_\w{61}\n$/);
  expect(rotated.err).toContain('the secret before works until 20');
  expect((await run(['token', 'list'], root)).out).toContain('it was never used');

  expect(await run(['token', 'revoke', 'ci'], root)).toMatchObject({ code: 0, out: 'ci is revoked\n' });
  expect((await run(['token', 'list'], root)).out).not.toContain('ci:');
  expect((await run(['token', 'list', '--all'], root)).out).toMatch(/^ci: .* by root$/m);
});

test('a token for the config needs no server, and what is printed for the file has only the hash', async () => {
  await close();
  const { code, out, err } = await run(['token', 'new', 'ci', '--may', 'register', '--environments', 'staging', '--for-config']);
  expect(code).toBe(0);
  const hash = createHash('sha256').update(out.trim()).digest('hex');
  expect(err).toContain(`  - { name: ci, hash: "sha256:${hash}", verbs: [register], environments: [staging] }`);
  expect(err).not.toContain(out.trim());
});

test.for([
  { name: 'no end', argv: ['ci', '--may', 'read'], says: '--expires is required' },
  { name: 'an unknown verb', argv: ['ci', '--may', 'reed', '--expires', '1d'], says: '--may takes register, read, operate, alert, admin' },
  { name: 'an unknown verb for the config', argv: ['ci', '--may', 'reed', '--for-config'], says: '--may takes register' },
  {
    name: 'a name for the config that would be more than a name',
    argv: ['ci, verbs: [admin]', '--may', 'read', '--for-config'],
    says: 'must start',
  },
])('$name is refused', async ({ argv, says }) => {
  expect(await run(['token', 'new', ...argv])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(says) });
});
