/**
 * A server that ends itself with SIGKILL at a step. The file CRASH_ARMED names the step, and at the how-manieth time it ends: `3 pass: store.update, after`.
 * The server that comes there first removes the file. CRASH_RECORD is a file that gets the name of each step that a server comes to.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { startApp } from '../../src/app/app.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createStepper } from './steps.ts';

const { PATH, CRASH_ARMED = '', CRASH_RECORD = '', CRASH_DATABASE } = process.env;
const seen = new Set<string>();
/** What is armed now, and how often this server has come there. */
let armed = { text: '', hits: 0 };

const wrap = createStepper((step) => {
  if (!seen.has(step)) {
    seen.add(step);
    appendFileSync(CRASH_RECORD, `${step}\n`);
  }
  const text = existsSync(CRASH_ARMED) ? readFileSync(CRASH_ARMED, 'utf8') : '';
  if (text !== armed.text) armed = { text, hits: 0 };
  if (!text.endsWith(` ${step}`)) return;
  armed.hits += 1;
  if (armed.hits < Number.parseInt(text, 10)) return;
  try {
    unlinkSync(CRASH_ARMED);
  } catch {
    return; // Another replica was faster.
  }
  process.kill(process.pid, 'SIGKILL');
});

const { config, ruleSets } = loadConfig({
  file: process.argv[2] ?? 'bakewatch.yaml',
  env: {},
  readFile: (path) => readFileSync(path, 'utf8'),
  listFiles: (folder) => readdirSync(folder),
  plugins,
});
const log = createLog('warn');
const app = await startApp({ config, ruleSets, databaseUrl: CRASH_DATABASE || null, log, environment: { PATH }, wrap });
process.stdout.write(`${app.url}\n`);
flushCompileCache();
// Its input ends with the process that started it, which may have been killed.
process.stdin.once('end', () => process.exit(1)).resume();
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
