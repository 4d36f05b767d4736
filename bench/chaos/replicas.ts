/** Servers that share a database, each with a clock of its own, which can be killed and stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { crashConfig } from '../crash/world.ts';

export type ChaosReplica = {
  readonly url: string;
  /** Waits until it is ready, for two minutes at most: on a busy machine a start takes long. */
  ready(): Promise<void>;
  /** Kills it with SIGKILL, starts it again after a pause, and waits until it is ready. */
  kill(pauseMs: number): Promise<void>;
  /** Stops it for some time with SIGSTOP; then it goes on. */
  freeze(ms: number): Promise<void>;
  /** Sets its clock off by this number of seconds. */
  skew(seconds: number): void;
  /** Drains and ends it. */
  end(): Promise<void>;
};

/** `library`: libfaketime; `null`: all clocks are right. `onDeath` gets how a server ended that nobody killed, and whether it had ever been ready. */
export type ReplicaOptions = {
  readonly folder: string;
  readonly world: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly library: string | null;
  readonly onDeath: (how: string, wasReady: boolean) => void;
};

const main = join(import.meta.dirname, '../../src/main.ts');

export function startReplica({ folder, world, port, databaseUrl, library, onDeath }: ReplicaOptions): ChaosReplica {
  const config = `${port}.yaml`;
  const clock = join(folder, `${port}.time`);
  writeFileSync(join(folder, config), crashConfig(folder, world, { port }));
  const skew = (seconds: number) => writeFileSync(clock, `${seconds < 0 ? '' : '+'}${seconds}s`);
  skew(0);
  const faked = library !== null && {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
  let child: ChildProcess;
  let isWanted = true;
  let isReady = false;
  const start = () => {
    let said = '';
    isReady = false;
    const env = { PATH: process.env.PATH ?? '', HOME: folder, DATABASE_URL: databaseUrl, BAKEWATCH_LOG_LEVEL: 'warn', ...faked };
    child = spawn(process.execPath, [main, 'serve', '--config', config], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env });
    child.stderr?.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2_000);
    });
    child.once('exit', (code, signal) => {
      if (!isWanted) return;
      // A supervisor starts it again.
      if (signal !== 'SIGKILL') {
        onDeath(`${signal ?? code}: ${said}`, isReady);
        setTimeout(() => {
          start();
          void ready();
        }, 1_000);
      }
    });
  };
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  start();
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => {
    for (const until = performance.now() + 120_000; performance.now() < until; await wait(100)) {
      isReady ||= await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
    }
  };
  return {
    ...{ url, ready },
    async kill(pauseMs) {
      if (ended()) return;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await gone;
      await wait(pauseMs);
      start();
      await ready();
    },
    async freeze(ms) {
      const { pid } = child;
      if (ended() || pid === undefined) return;
      child.kill('SIGSTOP');
      await wait(ms);
      child.kill('SIGCONT');
    },
    skew,
    async end() {
      isWanted = false;
      if (ended()) return;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
    },
  };
}
