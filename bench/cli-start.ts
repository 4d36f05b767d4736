/**
 * How long does a command take to start? Both packages are built and installed; then `--version` and `--help` of each run in turn with `node -e 0`, which
 * is what Node itself takes. Milliseconds of wall time.
 *
 *   node bench/cli-start.ts [--runs 20]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };

const { values } = parseArgs({ options: { runs: { type: 'string', default: '20' } } });
const runs = Number(values.runs);

/** Installs a package, and returns the file of its command. */
function install(folder: string, name: string): string {
  const at = join(folder, name);
  const tarball = join(folder, `${name}-${packageJson.version}.tgz`);
  execFileSync('npm', ['install', '--prefix', at, '--ignore-scripts', '--no-audit', '--no-fund', tarball], { stdio: 'ignore' });
  return join(at, 'node_modules', name, 'dist', 'main.js');
}

function wallMs(args: readonly string[]): number {
  const from = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - from;
}

function summary(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (p: number) => Number((sorted[Math.floor(p * sorted.length)] ?? 0).toFixed(1));
  return { medianMs: at(0.5), p90Ms: at(0.9) };
}

const folder = mkdtempSync(join(tmpdir(), 'bakewatch-cli-start-'));
try {
  execFileSync(join(import.meta.dirname, '..', 'script', 'package'), [folder], { stdio: 'ignore' });
  const [server, cli] = [install(folder, 'bakewatch'), install(folder, 'bakewatch-cli')];
  const commands = {
    'node -e 0': ['-e', '0'],
    'bakewatch-cli --version': [cli, '--version'],
    'bakewatch-cli deploy --help': [cli, 'deploy', '--help'],
    'bakewatch --version': [server, '--version'],
  };
  const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
  // In turn, so that what else the machine does falls on all alike. The first round only warms the caches of the disk.
  for (let run = 0; run <= runs; run++) {
    for (const [name, args] of Object.entries(commands)) {
      const ms = wallMs(args);
      if (run > 0) times.get(name)?.push(ms);
    }
  }
  const result = Object.fromEntries([...times].map(([name, list]) => [name, summary(list)]));
  process.stdout.write(`${JSON.stringify({ bench: 'cli-start', node: process.version, runs, ...result }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
