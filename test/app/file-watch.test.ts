import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileSource, type FileSource } from '../../src/app/file-source.ts';
import { createFileWatch } from '../../src/app/file-watch.ts';
import { silentLog } from '../support/test-cluster.ts';

let folder: string;
let source: FileSource;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-watch-'));
  mkdirSync(join(folder, 'v1'));
  mkdirSync(join(folder, 'rules'));
  write('v1/bakewatch.yaml', "config: 1\ntokens: [{ name: ops, token: 'file:../token', verbs: [read] }]\nrules: ../rules/*.yaml\n");
  write('token', 'a-token-of-sixteen');
  write('rules/shop.yaml', 'not rules');
  symlinkSync('v1', join(folder, '..data'));
  symlinkSync('..data/bakewatch.yaml', join(folder, 'bakewatch.yaml'));
  const read = { readFile: (path: string) => readFileSync(path, 'utf8'), listFiles: (path: string) => readdirSync(path) };
  source = createFileSource({ file: join(folder, '..data', 'bakewatch.yaml'), env: {}, ...read });
  source.load();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

/** A watch that looks once for each call of `look`, and counts what it loads. */
async function watching() {
  let loads = 0;
  let next = Promise.withResolvers<void>();
  let idle = Promise.withResolvers<void>();
  const clock = {
    now: () => 0,
    sleep: async (_: number, signal: AbortSignal) => {
      idle.resolve();
      signal.addEventListener('abort', () => next.resolve());
      await next.promise;
    },
  };
  const onChange = async () => {
    loads += 1;
    try {
      source.load();
    } catch {}
  };
  const watch = createFileWatch({ source, clock, log: silentLog, onChange }, await source.fingerprints());
  watch.start();
  await idle.promise;
  const look = async () => {
    idle = Promise.withResolvers();
    const turn = next;
    next = Promise.withResolvers();
    turn.resolve();
    await idle.promise;
    return loads;
  };
  return { look, stop: watch.stop };
}

test.for([
  ['a rule file', () => write('rules/shop.yaml', 'other text')],
  ['a secret', () => write('token', 'another-token-of-sixteen')],
  ['a file that comes', () => write('rules/pay.yaml', 'new')],
  ['a file that goes', () => rmSync(join(folder, 'rules/shop.yaml'))],
  [
    'the link of a mounted ConfigMap',
    () => {
      mkdirSync(join(folder, 'v2'));
      write('v2/bakewatch.yaml', 'config: 1\n');
      symlinkSync('v2', join(folder, '..next'));
      renameSync(join(folder, '..next'), join(folder, '..data'));
    },
  ],
] as const)('%s is loaded once, when it is at rest', async ([, change]) => {
  const { look, stop } = await watching();
  expect([await look(), await look()]).toEqual([0, 0]);
  change();
  expect([await look(), await look(), await look(), await look()]).toEqual([0, 1, 1, 1]);
  await stop();
});

test('a file that is still being written is not loaded', async () => {
  const { look, stop } = await watching();
  for (let size = 1; size < 5; size += 1) {
    write('rules/shop.yaml', 'x'.repeat(size));
    expect(await look()).toBe(0);
  }
  expect(await look()).toBe(1);
  await stop();
});

test('after a bad config, the files of the last good one are still watched', async () => {
  const { look, stop } = await watching();
  write('v1/bakewatch.yaml', 'config: [');
  expect([await look(), await look()]).toEqual([0, 1]);
  write('token', 'another-token-of-sixteen');
  expect([await look(), await look()]).toEqual([1, 2]);
  await stop();
});
