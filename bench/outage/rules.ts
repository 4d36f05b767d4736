import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const examples = join(import.meta.dirname, '..', '..', 'examples');

/** Rule files by name, one of which the server reads, and the gate of the pipeline between the restart and `finished`. */
export type OutageRules = {
  readonly files: Readonly<Record<string, string>>;
  readonly main: string;
  readonly hook: string;
  readonly gate: { readonly file: string; readonly wait: string } | null;
};

/** The shortest rules that find total failure, and no gate. */
const probeOnly = `rules: 1
service: SERVICE
environment: production
bake: { for: 10m, every: 5s, warmup: 0s }
checks:
  home: { probe: { http: URL/, within: 2s, attempts: 2 } }
rollback: { hook: probe-only, verify: 3m }
`;

/** The rules of one set for one site. Of an example only what is not here is changed: addresses, the certificate, and the command over ssh. */
export function rulesFor(set: string, site: { readonly service: string; readonly url: string }): OutageRules {
  if (set === 'probe-only') {
    const files = { 'main.yaml': probeOnly.replace('SERVICE', site.service).replace('URL', site.url) };
    return { files, main: 'main.yaml', hook: set, gate: null };
  }
  const folder = join(examples, set);
  const names = readdirSync(join(folder, 'rules'));
  const files = Object.fromEntries(names.map((name) => [name, moved(readFileSync(join(folder, 'rules', name), 'utf8'), site)]));
  const main = names.find((name) => files[name]?.includes('\nrollback:')) ?? '';
  const [, hook = ''] = /^rollback: \{ hook: ([\w-]+)/m.exec(files[main] ?? '') ?? [];
  const [, file = '', wait = ''] = /Switch and restart[\s\S]*?gate "\$RULES\/([\w.]+)".* --wait (\w+)/.exec(read(folder)) ?? [];
  return { files, main, hook, gate: { file, wait } };
}

const read = (folder: string): string => readFileSync(join(folder, 'deploy.yml'), 'utf8');

function moved(text: string, { service, url }: { readonly service: string; readonly url: string }): string {
  return text
    .replace(/^service: .*$/m, `service: ${service}`)
    .replaceAll(/https:\/\/\w+\.example\.com/g, url)
    .replaceAll(/^ *tls_days: .*\n/gm, '')
    .replaceAll(/ssh: [\w-]+, command: \[.*?\]/g, 'command: ["true"]');
}
