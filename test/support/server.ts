import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const entry = join(import.meta.dirname, '../../src/main.ts');

/** A whole `bakewatch serve` as a child process, in a folder of its own. */
export type Server = {
  readonly url: string;
  readonly folder: string;
  readonly pid: number;
  /** Everything it logged. */
  log(): string;
  /** Ends it without a warning, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** `program`: the entry of another version. `node`: the Node that runs it. */
type ServerOptions = { readonly program?: string; readonly node?: string; readonly env?: Readonly<Record<string, string>> };

export type Reply<T> = { readonly status: number; readonly body: T };

/** Calls the API with a JSON body. */
export async function call<T = Record<string, unknown>>(
  server: { readonly url: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply<T>> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as T };
}

/** Writes the config and the rules, starts the server, and waits until it is ready. `listen` is filled in. */
export async function startServer(
  config: (folder: string) => string,
  rules: Readonly<Record<string, string>>,
  { program = entry, node = process.execPath, env = {} }: ServerOptions = {},
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  mkdirSync(join(folder, 'rules'));
  for (const [name, text] of Object.entries(rules)) writeFileSync(join(folder, 'rules', name), text);
  writeFileSync(
    join(folder, 'bakewatch.yaml'),
    `config: 1\nserver: { listen: "127.0.0.1:${port}" }\nrules: [rules/*.yaml]\n${config(folder)}`,
  );
  let log = '';
  let child: ChildProcess;
  const start = async () => {
    child = spawn(node, [program, 'serve', '--config', 'bakewatch.yaml'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    await poll('the server is ready', async () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${log}`);
      return await fetch(`${url}/health/ready`).then(
        (r) => r.ok,
        () => false,
      );
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  };
  await start();
  return {
    url,
    folder,
    get pid() {
      return child.pid ?? 0;
    },
    log: () => log,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: async () => {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Looks again and again until it is so; fails with `what` after a minute. */
export async function poll(what: string, isSo: () => Promise<boolean> | boolean, timeoutMs = 60_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
