import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { analyzers } from '../analyzers/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { runDoctor } from './app/doctor/run-doctor.ts';
import { readEnv } from './app/env.ts';
import { plugins } from './app/plugins.ts';
import { runBacktest } from './app/run-backtest.ts';
import { runBackup, runRestore } from './app/run-backup.ts';
import { runGate } from './app/run-gate.ts';
import { runLiveCheck } from './app/run-live-check.ts';
import { runProposals } from './app/run-proposals.ts';
import { serve } from './app/serve.ts';
import { abortOnStopSignal } from './app/signals.ts';
import { runDemo } from './cli/demo/run-demo.ts';
import { runProgram } from './cli/program.ts';
import { checkFiles } from './rules/check-files.ts';
import { parseRules } from './rules/parse-rules.ts';

const env = readEnv();
const readFile = (path: string) => readFileSync(path, 'utf8');
const listFiles = (folder: string) => readdirSync(folder);

// The reader has closed the pipe, as `head` does. A command ends with the exit code of SIGPIPE; the server goes on without its log.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (process.argv[2] !== 'serve') process.exit(141);
});

// The commands that ask a Bakewatch server use Node's own client. Older versions of Node cannot send it through a proxy.
if ('setGlobalProxyFromEnv' in http) {
  const exceptions = ['localhost', '127.0.0.1', '[::1]', env.all.no_proxy || env.all.NO_PROXY].filter(Boolean).join(',');
  http.setGlobalProxyFromEnv({ ...env.all, no_proxy: exceptions, NO_PROXY: exceptions });
}

process.exitCode = await runProgram(process.argv.slice(2), {
  io: {
    out: process.stdout,
    err: process.stderr,
    isTerminal: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    now: () => Date.now(),
    sleep: (ms) => sleep(ms),
  },
  version: packageJson.version,
  analyzers,
  parseRules: (text, file) => parseRules(text, file, {}),
  checkFiles: (files) => checkFiles(files, { env: env.all, readFile, listFiles, plugins }),
  runLiveCheck: (options) => runLiveCheck(options, { env, readFile, listFiles, now: () => Date.now() }),
  runBacktest: (options, progress) => runBacktest(options, { env, readFile, listFiles, now: () => Date.now(), progress }),
  runProposals: (options) => runProposals(options, { env, readFile, now: () => Date.now() }),
  runGate: (options, progress) =>
    runGate(options, { env, readFile, now: () => Date.now(), sleep: (ms) => sleep(ms), progress, signal: abortOnStopSignal() }),
  runDoctor: (options) => runDoctor(options, { env, readFile, listFiles, now: () => Date.now(), signal: abortOnStopSignal() }),
  runBackup: (options) =>
    runBackup(options, { env, readFile, listFiles, now: () => Date.now(), version: packageJson.version, signal: abortOnStopSignal() }),
  runRestore: (options) => runRestore(options, { env, readFile, listFiles, now: () => Date.now() }),
  serverUrl: env.serverUrl,
  token: env.token,
  serve: (file) => serve({ file, env, readFile, listFiles }),
  demo: ({ keep }) => runDemo({ keep, print: (line) => process.stdout.write(`${line}\n`), signal: abortOnStopSignal(), env: env.all }),
});
