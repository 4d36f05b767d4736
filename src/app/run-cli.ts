import { setTimeout as sleep } from 'node:timers/promises';
import packageJson from '../../package.json' with { type: 'json' };
import { runProgram, type ServerRuns } from '../cli/program.ts';
import { type Env, readEnv } from './env.ts';
import { createProxiedFetch } from './proxied-fetch.ts';
import { createToolRuns } from './tool-runs.ts';

/** Runs the command line of this process and returns its exit code. `server` makes the commands that need the server's code. */
export async function runCli(server: (env: Env, version: string) => ServerRuns): Promise<number> {
  const env = readEnv();
  const { version } = packageJson;

  // The reader has closed the pipe, as `head` does. A command ends with the exit code of SIGPIPE; the server goes on without its log.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (process.argv[2] !== 'serve') process.exit(141);
  });

  return await runProgram(process.argv.slice(2), {
    io: {
      out: process.stdout,
      err: process.stderr,
      isTerminal: process.stdout.isTTY === true,
      columns: process.stdout.columns,
      now: () => Date.now(),
      sleep: (ms) => sleep(ms),
    },
    version,
    serverUrl: env.serverUrl,
    token: env.token,
    isInsecure: env.isInsecure,
    fetch: createProxiedFetch(env),
    ...createToolRuns(env),
    ...server(env, version),
  });
}
