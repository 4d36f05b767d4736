import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, startServer } from './server.ts';
import { type StubServer, startStubServer } from './stub-server.ts';

/** Whether these programs of a pipeline can run here. */
export function hasPrograms(...programs: readonly string[]): boolean {
  return programs.every((program) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0);
}

/** A whole Bakewatch with tokens that watches a page, and a folder in which the programs of a pipeline run. */
export type PipelineShop = {
  readonly server: Server;
  readonly folder: string;
  /** Switches the page to a release. A release named `bad` answers with errors. */
  release(version: string): void;
  /** Calls the API as somebody who may do everything. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
};

const checks = (site: string) => `
checks:
  home: { probe: { http: "${site}/", body: "release $version", within: 2s, attempts: 2, apart: 50ms } }
rollback: { hook: shop, verify: 20s }
`;
const rules = (site: string, service: string, bake: string) =>
  `rules: 1\nservice: ${service}\nenvironment: production\nbake: ${bake}${checks(site)}`;
const config = (folder: string, more: string) => `providers: { probe: { type: probe, commands: true } }
hooks:
  shop: { type: command, cwd: "${folder}", rollback: [sh, -c, 'echo "$1" > running', hook, "{version}"], current: [cat, running] }
tokens:
  - { name: root, token: "${rootToken}", verbs: [admin, read, register, operate] }
  - { name: ci, token: "${ciToken}", verbs: [register, read, operate], services: [shop, slow] }
  - { name: shy, token: "${shyToken}", verbs: [register, read], services: [shop, slow] }
policy: { rollback_budget: { rollbacks: 100, cooldown: 0s } }
${more}`;

const rootToken = 'a-root-token-of-the-tests-0123456789';
/** May register, read and operate. */
export const ciToken = 'a-ci-token-of-the-tests-0123456789';
/** May register and read. */
export const shyToken = 'a-shy-token-of-the-tests-0123456789';

/** Starts everything. Bakes of `shop` take four seconds, those of `slow` ten minutes. `more`: further sections of the config. */
export async function openPipelineShop(more = ''): Promise<PipelineShop> {
  const site: StubServer = await startStubServer();
  const server = await startServer((folder) => config(folder, more), {
    'shop.yaml': rules(site.url, 'shop', '{ for: 4s, every: 1s, warmup: 0s, extend: 20s }'),
    'slow.yaml': rules(site.url, 'slow', '{ for: 10m, every: 1s, warmup: 0s }'),
  });
  const running = join(server.folder, 'running');
  writeFileSync(running, 'none\n');
  site.reply(() => {
    const version = readFileSync(running, 'utf8').trim();
    return version.startsWith('bad') ? { status: 502, body: 'bad gateway' } : { body: `this is release ${version}` };
  });
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-pipeline-'));
  return {
    server,
    folder,
    release: (version) => writeFileSync(running, `${version}\n`),
    async call<T>(method: string, path: string, body?: unknown) {
      const headers = { authorization: `Bearer ${rootToken}`, 'content-type': 'application/json' };
      const response = await fetch(`${server.url}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      return (await response.json()) as T;
    },
    async close() {
      await server.stop();
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type StepResult = { readonly code: number | null; readonly out: string; readonly err: string };

/** A program of a pipeline while it runs. */
export type Step = {
  /** What it has printed so far. */
  err(): string;
  /** Sends a signal, as runners do. */
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<StepResult>;
};

type StepOptions = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether signals go to the programs that it has started, too. */
  readonly isGroup?: boolean;
};

/** Starts a program with these variables and no others but PATH. */
export function startStep(argv: readonly string[], { cwd, env, isGroup = false }: StepOptions): Step {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: isGroup,
  });
  const read = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    read.out += String(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    read.err += String(chunk);
  });
  const ended = new Promise<StepResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...read }));
  });
  return {
    err: () => read.err,
    signal: (name) => (isGroup && child.pid !== undefined ? process.kill(-child.pid, name) : child.kill(name)),
    ended,
  };
}
