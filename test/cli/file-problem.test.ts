import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileProblem } from '../../src/cli/file-problem.ts';
import { type ProgramDeps, runProgram } from '../../src/cli/program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-file-problem-'));
  writeFileSync(join(folder, 'file'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: readonly string[]) {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const deps: Partial<ProgramDeps> = {
    io: { out, err: out, isTerminal: false, now: () => 0, sleep: async () => {} },
    version: '0',
    serverUrl: 'http://127.0.0.1:1',
    token: null,
  };
  return { code: await runProgram(argv, deps as ProgramDeps), text };
}

test('a folder that cannot be written is one sentence, without a stack', async () => {
  const path = join(folder, 'file', 'below');
  expect(await run('init', '--folder', path)).toEqual({
    code: 1,
    text: `bakewatch: ${path} cannot be used: a file is in the place of a folder\n`,
  });
});

const failure = (code: string, syscall = 'open') => Object.assign(new Error(`${code}: …`), { code, syscall, path: '/data/x' });

test.for([
  [failure('EROFS'), '/data/x cannot be used: it is read-only'],
  [failure('ENOSPC'), '/data/x cannot be used: its disk is full'],
  [failure('ENOENT', 'mkdir'), '/data/x cannot be created'],
  [failure('EXOTIC'), null],
  [new Error('no file at all'), null],
  ['text', null],
] as const)('%s', ([error, words]) => {
  expect(fileProblem(error)).toBe(words);
});
