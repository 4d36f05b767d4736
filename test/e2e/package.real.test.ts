import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { root } from '../meta/tree.ts';
import { startServer } from '../support/server.ts';

/*
 * The packages as a user gets them: built by `script/package`, installed by npm into empty folders, and run there, on the Node of this process and on the
 * oldest line that we support.
 */
const work = mkdtempSync(join(tmpdir(), 'bakewatch-package-'));
const folders = { server: join(work, 'server'), cli: join(work, 'cli'), node22: join(work, 'node22') };
const inPackage = { server: join(folders.server, 'node_modules/bakewatch'), cli: join(folders.cli, 'node_modules/bakewatch-cli') };
const nodeName = `node-${process.platform}-${process.arch}`;
const nodes = { current: process.execPath, 22: join(folders.node22, 'node_modules', nodeName, 'bin/node') };
/** Why there is no Node 22; `null`: there is one. */
let noNode22: string | null = null;

type Run = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a program and returns how it ended. */
async function run(file: string, args: readonly string[], { cwd = work, env = {} } = {}): Promise<Run> {
  const child = promisify(execFile)(file, [...args], { cwd, env: { ...process.env, ...env }, maxBuffer: 64 << 20 });
  return await child.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, out: stdout, err: stderr }),
  );
}

async function install(folder: string, ...what: readonly string[]): Promise<Run> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  // The npm that runs is the one of this Node or of the system; the packages need no scripts.
  // A download that stalls is tried again after two minutes; npm itself waits for five.
  const patience = ['--fetch-timeout=120000', '--fetch-retries=4'];
  return await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...patience, ...what], {
    cwd: folder,
  });
}

beforeAll(async () => {
  const gettingNode = install(folders.node22, `${nodeName}@22`);
  const built = await run(join(root, 'script/package'), [work]);
  expect(built, 'script/package').toMatchObject({ code: 0, err: '' });
  const tarball = (name: string) => join(work, `${name}-${packageJson.version}.tgz`);
  const installed = await Promise.all([install(folders.server, tarball('bakewatch')), install(folders.cli, tarball('bakewatch-cli'))]);
  for (const one of installed) expect(one).toMatchObject({ code: 0 });
  const got = await gettingNode;
  if (got.code === 0) return;
  noNode22 = `Node 22 could not be installed: ${got.err}`;
  if (process.env.CI === 'true') throw new Error(noNode22);
}, 600_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('what is installed', () => {
  test.for([inPackage.server, inPackage.cli])('%s has no tests, no measurements and no sources', (folder) => {
    const files = filesIn(folder);
    expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/main.js', 'dist/client.d.ts']));
    expect(files.filter((path) => /(^|\/)(test|bench|script)\/|(?<!\.d)\.ts$|snapshot/.test(path))).toEqual([]);
  });

  test('the command line alone takes less than 3 MB, with all that it needs', () => {
    const modules = join(folders.cli, 'node_modules');
    const packages = readdirSync(modules).filter((name) => !name.startsWith('.'));
    expect(packages.toSorted()).toEqual(['bakewatch-cli', 'openapi-fetch', 'openapi-typescript-helpers']);
    const bytes = filesIn(modules).reduce((sum, path) => sum + statSync(join(modules, path)).size, 0);
    expect(bytes).toBeLessThan(3_000_000);
  });

  test('the licenses of bundled packages go with them', () => {
    expect(readFileSync(join(inPackage.cli, 'THIRD-PARTY-LICENSES.txt'), 'utf8')).toMatch(/^undici \d[\s\S]*MIT License/m);
  });

  test('the package without the server says which package has it', async () => {
    const { code, err } = await run(join(folders.cli, 'node_modules/.bin/bakewatch'), ['serve']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`npx bakewatch@${packageJson.version} serve`) });
  });
});

describe.for([
  { line: 'the Node of this process', node: nodes.current },
  { line: 'Node 22', node: nodes[22] },
])('on $line', ({ node }) => {
  test('a user gets from nothing to a registered deploy', { timeout: 120_000 }, async ({ skip }) => {
    if (node === nodes[22]) skip(noNode22 !== null, noNode22 ?? '');
    const folder = mkdtempSync(join(work, 'user-'));
    const command = { server: join(inPackage.server, 'dist/main.js'), cli: join(inPackage.cli, 'dist/main.js') };
    for (const main of Object.values(command))
      expect(await run(node, [main, '--version'])).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' });
    expect(await run(node, [command.server, 'init', 'shop', '--folder', folder])).toMatchObject({ code: 0, err: '' });
    const config = join(folder, 'bakewatch.yaml');
    for (const main of Object.values(command))
      expect(await run(node, [main, 'check', config])).toMatchObject({
        code: 0,
        out: expect.stringContaining('shop.yaml: rules ok'),
        err: '',
      });

    const server = await startServer(
      configOf,
      { 'shop.yaml': readFileSync(join(folder, 'rules/shop.yaml'), 'utf8') },
      { program: command.server, node },
    );
    try {
      const env = { BAKEWATCH_URL: server.url };
      const deploy = await run(node, [command.cli, 'deploy', '-s', 'shop', '-e', 'production', '-v', 'v1', '--json'], { env });
      expect(deploy).toMatchObject({ code: 0 });
      expect(JSON.parse(deploy.out)).toMatchObject({ service: 'shop', environment: 'production', release: { version: 'v1' } });
      expect(await fetch(server.url).then(({ status }) => status)).toBe(200);
      const recording = {
        format: 'bakewatch.recording/1',
        id: 'r',
        service: 's',
        environment: 'e',
        version: 'v',
        deployedAt: 0,
        checks: [],
      };
      const judged = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ recording }) };
      expect(await fetch(`${server.url}/v1/replay`, judged).then((answer) => answer.json())).toMatchObject({ id: 'r', checks: [] });
      expect(await fetch(`${server.url}/docs`).then((answer) => answer.text())).toContain('id="registerDeploy"');
      const program = join(folders.cli, 'program.mjs');
      writeFileSync(program, programOfUser);
      const asked = await run(node, [program], { cwd: folders.cli, env });
      expect(asked).toEqual({ code: 0, out: 'v1\n', err: '' });
    } finally {
      await server.stop();
    }
  });
});

/** The config of `init`, without what the support code fills in: its hook is a program that this machine does not have. */
const configOf = () => `
providers: { prom: { type: prometheus, url: "http://127.0.0.1:9" } }
hooks: { shop: { type: command, rollback: [/bin/true] } }
`;

const programOfUser = `
import { createClient } from 'bakewatch-cli';

const { data } = await createClient({ url: process.env.BAKEWATCH_URL }).GET('/v1/deploys', { params: { query: { service: 'shop' } } });
console.log(data.deploys.map(({ release }) => release.version).join());
`;

/** The files below a folder, as paths from it. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}
