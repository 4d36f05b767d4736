import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { DemoError } from './demo-error.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** What the programs of the demo share: a folder of their own, free ports on this machine, and secrets made up for this one run. */
export type DemoStage = {
  readonly folder: string;
  readonly ports: { readonly shop: number; readonly prometheus: number; readonly bakewatch: number; readonly team: number };
  readonly token: string;
  readonly teamSecret: string;
  /** The command that starts Bakewatch's server. */
  readonly serve: readonly [string, ...string[]];
  /** All that the programs get to see of the environment: a database or a proxy meant for something else is no part of the demo. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the shop's own switch script and gives what it printed. */
  readonly switchShop: (argument: string) => Promise<string>;
  readonly strike: () => Promise<void>;
};

/** Copies the shop to a temporary folder, puts v1 into service there, and looks for free ports. */
export async function setStage(env: Readonly<Record<string, string | undefined>>): Promise<DemoStage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'bakewatch-demo-')));
  const strike = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
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
      serve: [process.execPath, join(root, 'src', 'main.ts'), 'serve', '--config', join(folder, 'bakewatch.yaml')],
      env: Object.fromEntries(
        Object.entries(env).filter((entry): entry is [string, string] => inherited.has(entry[0]) && entry[1] !== undefined),
      ),
      switchShop: (argument) => switchShop(folder, argument),
      strike,
    };
  } catch (error) {
    await strike();
    throw error;
  }
}

const inherited = new Set(['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']);

/** The path of a program on the PATH. Throws `DemoError` that says how to install it. */
export async function findPrometheus(path: string): Promise<string> {
  for (const folder of path.split(delimiter).filter((each) => each !== '')) {
    const file = join(folder, 'prometheus');
    if (await isProgram(file)) return file;
  }
  throw new DemoError(
    'the demo measures with a real Prometheus, and `prometheus` is not on the PATH.\n' +
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

// All are held open together, so that no port is found twice.
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
