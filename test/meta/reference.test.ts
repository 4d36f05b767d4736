import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openApiText } from '../../script/openapi.ts';
import { runProgram } from '../../src/cli/program.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { filesBelow, read } from './tree.ts';

/** What the command line prints for some arguments. */
async function printed(...argv: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  await runProgram(argv, {
    io: { out, err: out, isTerminal: false, now: () => 0, sleep: async () => {} },
    version: '0',
    loadJudge: unasked,
    checkFiles: unasked,
    runBacktest: unasked,
    runLiveCheck: unasked,
    runGate: unasked,
    runProposals: unasked,
    runDoctor: unasked,
    runAdminLink: unasked,
    runBackup: unasked,
    runRestore: unasked,
    serverUrl: 'http://127.0.0.1:8700',
    token: null,
    serve: unasked,
    demo: unasked,
  } as Parameters<typeof runProgram>[1]); // Only help is asked for: a command added later may need more than this.
  return lines.join('');
}

function unasked(): never {
  throw new Error('only help is asked for');
}

/** The first words of the indented lines below a heading of a help text. */
function entriesOf(help: string, heading: string): readonly string[] {
  const [, section = ''] = help.split(`${heading}:\n`);
  const [block = ''] = section.split('\n\n');
  return block.split('\n').flatMap((line) => /^ {2}(\S.*?)(?: {2,}|$)/.exec(line)?.[1] ?? []);
}

const commands = entriesOf(await printed('--help'), 'Commands').map((entry) => entry.split(' ')[0] ?? '');
const cli = read('docs/reference/cli.md');

/** The part of the reference that is about one command. */
function sectionOf(command: string): string {
  const [, section = ''] = cli.split(`\n### \`${command}\`\n`);
  return section.split(/\n##/)[0] ?? '';
}

describe('the reference of the command line', () => {
  test('help is read as it is printed', () => {
    expect(commands).toEqual(expect.arrayContaining(['serve', 'deploy', 'wait', 'help']));
    expect(entriesOf('Options:\n  -c, --config <file>  the config\n      of the operator\n  --keep\n\n', 'Options')).toEqual([
      '-c, --config <file>',
      '--keep',
    ]);
  });

  test.for(commands.filter((name) => name !== 'help'))('tells all of %s, and nothing that it has not', async (command) => {
    const options = entriesOf(await printed(command, '--help'), 'Options').filter((option) => !option.endsWith('--help'));
    const told = [...sectionOf(command).matchAll(/^\| `(-[^`]*)`/gm)].map(([, option = '']) => option);
    expect(sectionOf(command), `there is no heading for ${command}`).not.toBe('');
    expect(told).toEqual(options);
  });

  test('tells the options of every command', async () => {
    const options = entriesOf(await printed('--help'), 'Options').filter((option) => !option.endsWith('--help'));
    expect(options.filter((option) => !cli.includes(`| \`${option}\``))).toEqual([]);
  });

  test('names no command that is not there', () => {
    expect([...cli.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name).filter((name) => !commands.includes(name ?? ''))).toEqual([]);
  });
});

/** The calls of the command line in the fences of a page. */
function callsIn(page: string): readonly string[] {
  const fences = [...read(page).matchAll(/^( *)```(?:sh|console)\n([\s\S]*?)^\1```/gm)].map(([, , text = '']) =>
    text.replaceAll('\\\n', ' '),
  );
  return fences.flatMap((text) => [...text.matchAll(/^ *(?:\$ )?(?:script\/)?bakewatch ([a-z].*)$/gm)].map(([, call = '']) => call));
}

const calls = filesBelow()
  .filter((path) => path.endsWith('.md'))
  .flatMap((page) => callsIn(page).map((call) => ({ page, call })));

describe('the calls that the pages show', () => {
  test.for(calls)('$page: bakewatch $call', async ({ call }) => {
    const words = call.replaceAll(/"[^"]*"|'[^']*'|;.*$| [#>|].*$/g, '').split(/\s+/);
    const names = words.slice(0, words.findIndex((word) => word.startsWith('-')) >>> 0);
    expect(commands).toContain(names[0]);
    const help = await printed(...names, '--help');
    const known = [...help.matchAll(/(?<=^ +|, )--?[a-z][a-z-]*/gm)].map(([option]) => option);
    expect(words.filter((word) => word.startsWith('-') && !known.includes(word))).toEqual([]);
  });

  test('are found', () => {
    expect(calls.length).toBeGreaterThan(30);
  });
});

describe('the reference of the metrics', () => {
  test('names every metric of our own, and none that is not there', async () => {
    const { text } = createMetrics();
    const own = [...(await text({ stored: null, schedulerIdleSeconds: 0, providersUp: new Map() })).matchAll(/^# TYPE (\S+) (\w+)$/gm)]
      .map(([, name = '', type]) => `| \`${name}\` | ${type} |`)
      .filter((row) => !/bakewatch_(?:process|nodejs)_/.test(row));
    const told = [...read('docs/reference/metrics.md').matchAll(/^\| (`bakewatch_\w+`)\s+\| (\w+)\s+\|/gm)];
    expect(told.map(([, name, type]) => `| ${name} | ${type} |`).toSorted()).toEqual(own.toSorted());
  });
});

describe('the reference of the HTTP API', () => {
  test('openapi.json is fresh; if not, run `node script/write-openapi.ts`', async () => {
    expect(read('docs/reference/openapi.json')).toBe(await openApiText());
  });

  test('names every route', async () => {
    const { paths } = JSON.parse(await openApiText()) as { paths: Record<string, Record<string, unknown>> };
    const routes = Object.entries(paths).flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `\`${verb.toUpperCase()} ${path}\``));
    const page = read('docs/reference/http-api.md');
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.filter((route) => !page.includes(route))).toEqual([]);
  });
});
