import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../core/base/errors.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import { readSince } from './backtest-command.ts';
import type { CliDeps } from './deploy-command.ts';
import { createFileList, type FileList } from './file-list.ts';
import type { InitFromDeps } from './init-from.ts';
import { say } from './io.ts';
import { fileNameOf, starterConfig, starterRules } from './starter-files.ts';

type InitFlags = {
  readonly folder: string;
  readonly json?: boolean;
  readonly from?: string;
  readonly config?: string;
  readonly environment: string;
  readonly service?: readonly string[];
  readonly since?: number;
  readonly backtest: boolean;
};

const defaultSinceMs = 3 * 86_400_000;

const fromHelp = `
--from looks at the metrics that a server has, writes a rule file for each service that answers requests, and tries each on the last days.
An existing file is never overwritten.`;

/** Adds `init`: writes a first config and rules for a service, or rules for the services that a provider has metrics of. Never overwrites anything. */
export function addInitCommand(program: Command, { io, done, ...deps }: Pick<CliDeps, 'io' | 'done'> & Omit<InitFromDeps, 'io'>): void {
  program
    .command('init')
    .description('write a first config and rules for a service, or rules for the services that a Prometheus has metrics of')
    .argument('[name]', 'the service; default: shop, with --from all services')
    .option('--folder <folder>', 'the folder to write to', '.')
    .option('--from <provider>', 'the name of a provider in the config, or the address of a Prometheus')
    .option('-c, --config <file>', "with --from: the operator's config; default: bakewatch.yaml in the folder")
    .option('-e, --environment <name>', 'with --from: the environment of services whose metrics name none', 'production')
    .option('--service <name...>', 'with --from: only these services')
    .option('--since <duration>', 'with --from: how much of the past the rules are tried on; default: 3d', readSince)
    .option('--no-backtest', 'with --from: do not try the rules on the past')
    .option('--json', 'print the files as JSON; what else there is to say goes to standard error')
    .addHelpText('after', fromHelp)
    .action(async (name: string | undefined, flags: InitFlags) => {
      const { folder, environment, backtest, since, from } = flags;
      assertName(name);
      const files = createFileList(io, flags.json === true);
      if (from === undefined) {
        const { config, service } = flags;
        if (config !== undefined || service !== undefined || since !== undefined)
          throw new AppError('invalid', '--config, --service and --since need --from');
        await writeStarter(files, folder, name ?? 'shop');
        return files.print();
      }
      const isAddress = /^https?:\/\//.test(from);
      const config = flags.config ?? join(folder, 'bakewatch.yaml');
      if (isAddress && !(await files.write(config, starterConfig(name ?? 'shop', from))))
        throw new AppError('conflict', `${config} already exists; nothing was overwritten; name one of its providers with --from`);
      const provider = isAddress ? 'prom' : from;
      const services = name === undefined ? (flags.service ?? null) : [name, ...(flags.service ?? [])];
      const { initFrom } = await import('./init-from.ts');
      const sinceMs = backtest ? (since ?? defaultSinceMs) : null;
      const code = await initFrom({ io: files.io, files, ...deps }, { config, provider, environment, services, sinceMs });
      files.print();
      done(code);
    });
}

/** Throws `AppError('invalid')` where a name cannot be the name of a service, most likely because a folder was meant. */
function assertName(name: string | undefined): void {
  const problem = name === undefined ? null : nameProblem(name);
  if (problem === null && name?.includes('/') !== true) return;
  throw new AppError(
    'invalid',
    `${JSON.stringify(name)} cannot be the name of a service: it ${problem ?? 'has a slash'}; the folder is --folder`,
  );
}

async function writeStarter(files: FileList, folder: string, service: string): Promise<void> {
  const [config, rules] = [join(folder, 'bakewatch.yaml'), join(folder, 'rules', `${fileNameOf(service)}.yaml`)];
  const isFirst = await files.write(config, starterConfig(service));
  if (!isFirst) files.keep(config);
  if (!(await files.write(rules, starterRules(service))))
    throw new AppError('conflict', `${rules} already exists; nothing was overwritten`);
  const first = isFirst ? 'fill in the addresses' : `add a hook ${JSON.stringify(service)} to ${config}`;
  say(files.io, `next: ${first}, then \`bakewatch check ${config}\` and \`bakewatch serve --config ${config}\``);
}
