import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples, leavesOf } from '../../src/cli/examples.ts';
import { buildProgram, type ProgramDeps, runProgram } from '../../src/cli/program.ts';
import { aDeployAnswer } from '../support/deploy-answer.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-commands-'));
  writeFileSync(join(folder, 'empty.jsonl'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the server answers, by the end of the path. */
const answers: readonly (readonly [RegExp, unknown])[] = [
  [/\/audit\/verify/, { ok: true, rows: 1, first: 1, head: { seq: 1, hash: 'ab' }, fault: null }],
  [/\/audit\/export/, '{"seq":1}\n'],
  [/\/audit/, { rows: [{ seq: 1, actor: { kind: 'token', name: 'ci' } }], next: null }],
  [/\/recording/, '{"id":"d2"}\n'],
  [/\/report\?format=json/, { title: 'shop' }],
  [/\/services/, { services: [{ service: 'shop', environment: 'production' }] }],
  [/\/freeze/, { freezes: [], changed: true }],
  [/\/drills/, { ok: true, steps: [] }],
  [/\/notifiers/, { ok: true, rules: { kind: 'send' } }],
  [/\/reload/, { rule_book: 1, outcome: 'current', changes: [], refused: [], needs_restart: [], scope: 'all' }],
  [/\/sessions$/, { sessions: [] }],
  [/\/sessions\//, { id: 's', name: 'Ann' }],
  [/\/tokens$/, { tokens: [], token: aToken(), secret: 'bw_x', closes: false }],
  [/\/rotate$/, { token: aToken(), secret: 'bw_x', closes: false }],
  [/\/tokens\//, aToken()],
  [/\/deploys\?/, { deploys: [aDeployAnswer()], next: null }],
  [/\/(deploys|adopt)/, aDeployAnswer({ state: 'passed', final: true })],
];

function aToken() {
  return { name: 'ci', verbs: [], services: [], environments: [], source: 'database', state: 'active', expires_at: null };
}

const fetchAnswer: typeof fetch = async (input) => {
  const { pathname, search } = new URL(String(input));
  const found = answers.find(([pattern]) => pattern.test(pathname + search))?.[1];
  return typeof found === 'string' ? new Response(found) : Response.json(found);
};

/** The command line with a server and programs that always answer. */
function world() {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += String(chunk);
        done();
      },
    });
  const report = { checks: [], untried: [], notes: [], whole: {}, deploys: {}, window: {}, bake: {} };
  const deps = {
    io: { out: into('out'), err: into('err'), isTerminal: true, now: () => 0, sleep: async () => {} },
    version: '0',
    serverUrl: 'http://127.0.0.1:8700',
    token: null,
    fetch: fetchAnswer,
    loadJudge: async () => ({ analyzers: new Map(), parseRules: () => ({}) }),
    checkFiles: () => ({ files: [{ file: 'a.yaml', kind: 'rules' }], lines: [], notes: [] }),
    runLiveCheck: async () => ({ lines: [], findings: [], failures: [] }),
    runBacktest: async () => report,
    runGate: async () => ({ outcome: 'pass', rounds: 1, probes: [] }),
    runProposals: async () => ({ services: [], leftOut: [] }),
    runDoctor: async () => [],
    runAdminLink: async () => ({ url: 'http://127.0.0.1:8700/x', minutes: 15 }),
    runBackup: async () => ({ file: 'f', dataDir: 'd', bytes: 1, isOnline: true, createdAt: 'now' }),
    runRestore: async () => ({ file: 'f', dataDir: 'd', createdAt: 'now', bakewatch: '0', live: 0, kept: null, isFrozen: false }),
    serve: async (_file: string, options: object) => {
      printed.err += JSON.stringify(options);
      return 0;
    },
    demo: async (options: object) => {
      printed.out += JSON.stringify(options);
      return 0;
    },
  } as unknown as ProgramDeps; // A cast: the answers have only what the commands read for JSON.
  return { printed, deps };
}

const leaves = leavesOf(buildProgram(world().deps, () => {}));

/** The words of a line of shell: quotes are taken away, and what follows a pipe or a redirection is another command. */
function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
  const end = words.findIndex((word) => /^(?:\d?>>?|\|)$/.test(word));
  return end < 0 ? words : words.slice(0, end);
}

/** The words after the name of a command that the examples give, with a file that is there. */
function argumentsOf(name: string): readonly string[] {
  if (name === 'replay') return ['replay', join(folder, 'empty.jsonl')];
  if (name === 'init') return ['init', 'shop', '--folder', folder];
  const words = wordsOf(examples[name]?.[0] ?? '').slice(1);
  const output = words.indexOf('-o');
  return output < 0 ? words : words.toSpliced(output, 2);
}

test('every command is found', () => {
  expect(leaves.map(({ name }) => name)).toEqual(expect.arrayContaining(['serve', 'deploy', 'token new', 'audit verify', 'completion']));
});

describe.for(leaves.map(({ name, command }) => ({ name, command })))('$name', ({ name, command }) => {
  test('has --json, and standard output is nothing else then', async () => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
    const { printed, deps } = world();
    const code = await runProgram([...argumentsOf(name), '--json'], deps);
    expect({ code, err: printed.err }).toEqual({ code: 0, err: expect.not.stringContaining('bakewatch:') });
    const lines = printed.out.split('\n').filter((line) => line !== '');
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    // The log of the server is on standard error; an empty recording has no result.
    if (name === 'serve') expect(printed.err).toContain('{"json":true}');
    else if (name !== 'replay') expect(lines).not.toEqual([]);
  });

  test('has help with examples, and the command line understands each', async () => {
    const { printed, deps } = world();
    expect(await runProgram([...name.split(' '), '--help'], deps)).toBe(0);
    const lines = examples[name] ?? [];
    expect(lines.length).toBeGreaterThan(0);
    expect(printed.out).toContain(['Examples:', ...lines.map((line) => `  ${line}`)].join('\n'));
    for (const line of lines) {
      const program = buildProgram(world().deps, () => {});
      const called: string[] = [];
      for (const leaf of leavesOf(program)) leaf.command.action(() => void called.push(leaf.name));
      await program.parseAsync(wordsOf(line).slice(1), { from: 'user' });
      expect(called, line).toEqual([name]);
    }
  });
});

test('there are no examples of commands that are not there', () => {
  expect(Object.keys(examples).toSorted()).toEqual(leaves.map(({ name }) => name).toSorted());
});
