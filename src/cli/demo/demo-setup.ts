import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DemoError } from './demo-error.ts';

/** The root of this package: of the checkout, or where it is installed. */
const root = dirname(findPackageJSON(import.meta.url) ?? '.');

/**
 * `keep` keeps everything running until `signal` aborts. `env` is the environment; its PATH must have Prometheus. `program` is the script that `node`
 * runs as `bakewatch`.
 */
export type DemoOptions = {
  readonly keep: boolean;
  readonly program: string;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** What the programs of the demo share: a temporary folder, free ports on this machine, and secrets for this run only. */
export type DemoSetup = {
  readonly folder: string;
  readonly ports: { readonly shop: number; readonly prometheus: number; readonly bakewatch: number; readonly team: number };
  readonly token: string;
  readonly teamSecret: string;
  /** The command that starts the Bakewatch server. */
  readonly serve: readonly [string, ...string[]];
  /** The whole environment of the programs. A database or a proxy that is set for something else must not become part of the demo. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the shop's own switch script and returns its output. */
  readonly switchShop: (argument: string) => Promise<string>;
  /** Removes the folder. */
  readonly remove: () => Promise<void>;
};

/** Copies the shop to a temporary folder, switches it to v1, and finds free ports. */
export async function setUpDemo({ env, program }: Pick<DemoOptions, 'env' | 'program'>): Promise<DemoSetup> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'bakewatch-demo-')));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  try {
    await cp(join(root, 'examples', 'demo'), folder, { recursive: true });
    const [shop = 0, prometheus = 0, bakewatch = 0, team = 0] = await freePorts(4);
    const scrapes = join(folder, 'prometheus.yml');
    await writeFile(scrapes, (await readFile(scrapes, 'utf8')).replace('SHOP_PORT', String(shop)));
    await switchShop(folder, 'v1');
    return {
      folder,
      ports: { shop, prometheus, bakewatch, team },
      token: randomBytes(24).toString('hex'),
      teamSecret: randomBytes(24).toString('hex'),
      serve: [process.execPath, program, 'serve', '--config', join(folder, 'bakewatch.yaml')],
      env: Object.fromEntries(
        Object.entries(env).filter((entry): entry is [string, string] => inherited.has(entry[0]) && entry[1] !== undefined),
      ),
      switchShop: (argument) => switchShop(folder, argument),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

const inherited = new Set(['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']);

/** Returns the path of `prometheus` on the PATH. Throws a `DemoError` that says how to install it. */
export async function findPrometheus(path: string): Promise<string> {
  for (const folder of path.split(delimiter).filter((each) => each !== '')) {
    const file = join(folder, 'prometheus');
    if (await isProgram(file)) return file;
  }
  throw new DemoError(
    'the demo measures with a real Prometheus, but `prometheus` is not on the PATH.\n' +
      'Install it and try again: sudo apt-get install --no-install-recommends prometheus (Debian, Ubuntu), brew install prometheus (macOS)\n' +
      'or https://prometheus.io/download/',
  );
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Finds free ports. All are open at the same time, so that no port is found twice. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
  return ports;
}

async function listenAnywhere(): Promise<Server> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function switchShop(folder: string, argument: string): Promise<string> {
  const { stdout } = await promisify(execFile)(join(folder, 'switch.sh'), [argument], { timeout: 10_000 });
  return stdout.trim();
}
