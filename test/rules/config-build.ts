import { z } from 'zod';
import { Duration, SecretText } from '../../src/core/base/option-schemas.ts';
import { definePlugin } from '../../src/ports/plugin.ts';
import type { Config } from '../../src/rules/config.ts';
import { parseConfig } from '../../src/rules/parse-config.ts';
import { complaints, filesOf } from './build.ts';

type Made = { readonly url: string };
type Make = (deps: null) => Made;

const prometheus = {
  ...definePlugin({
    type: 'prometheus',
    summary: 'A provider for tests.',
    options: z.strictObject({ url: z.url(), bearer: SecretText.optional(), timeout: Duration.prefault('10s'), port: z.int().optional() }),
    example: { url: 'https://prometheus.example.com' },
    create: ({ url }, _: null): Made => ({ url }),
  }),
  lintSelector: (text: string) => (text.includes('rate(') ? 'rate() is no counter selector' : null),
};

const shell = definePlugin({
  type: 'shell',
  summary: 'A hook for tests.',
  options: z.strictObject({ argv: z.array(z.string()).min(1) }),
  example: { argv: ['true'] },
  create: ({ argv }, _: null): Made => ({ url: argv.join(' ') }),
});

/** Plug-ins of one type each: `prometheus`, `shell` twice, and no notifier. */
export const plugins = {
  providers: new Map([['prometheus', prometheus]]),
  hooks: new Map([['shell', shell]]),
  trafficHooks: new Map([['shell', shell]]),
  notifiers: new Map([
    ['chat', { ...shell, type: 'chat', audience: 'people' as const }],
    ['pager', { ...shell, type: 'pager', audience: 'systems' as const }],
  ]),
};

export type Outside = { readonly env?: Readonly<Record<string, string>>; readonly files?: Readonly<Record<string, string>> };

/** Parses a config that lies in `etc`, with what is outside of it. */
export function configOf(text: string, { env = {}, files = {} }: Outside = {}): Config<Make, Make, Make, Make> {
  return parseConfig(`config: 1\n${text}`, 'etc/b.yaml', { env, readFile: filesOf(files).readFile, plugins });
}

/** What is wrong with a config whose own lines begin at line 2. */
export function wrongWithConfig(text: string, outside: Outside = {}): readonly string[] {
  return complaints(() => configOf(text, outside), 'etc/b.yaml');
}
