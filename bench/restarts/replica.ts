/** One server of `bench/restarts/run.ts`, as a process of its own: the real app on a database URL, with rules for many services. */
import { startApp } from '../../src/app/app.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { createLog } from '../../src/telemetry/log.ts';

const [, , databaseUrl = '', metricsUrl = '', services = '1'] = process.argv;
const rulesOf = (service: string) => `rules: 1
service: ${service}
environment: production
bake: { for: 24h, every: 2s, warmup: 0s }
checks:
  load: { provider: prom, value: load, fail_when: { above: 0.5 } }
on_failure: notify
`;
const names = Array.from({ length: Number(services) }, (_, i) => `s${i}`);
const files = new Map([
  [
    'bakewatch.yaml',
    `config: 1
server: { listen: '127.0.0.1:0' }
rules: [${names.map((name) => `${name}.yaml`).join(', ')}]
hooks: {}
providers: { prom: { type: prometheus, url: '${metricsUrl}', settle: 0s } }
`,
  ],
  ...names.map((name) => [`${name}.yaml`, rulesOf(name)] as const),
]);
const { config, ruleSets } = loadConfig({
  file: 'bakewatch.yaml',
  env: {},
  readFile: (path) => files.get(path) ?? '',
  listFiles: () => [],
  plugins,
});
const app = await startApp({ config, ruleSets, databaseUrl, log: createLog('fatal'), environment: {} });
process.stdout.write(`${app.url}\n`);
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
