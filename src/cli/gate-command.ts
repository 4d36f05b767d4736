import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/base/duration.ts';
import type { GateProbe, GateReport } from '../usecases/gate.ts';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';

/** The options of a gate. */
export type GateOptions = {
  readonly files: readonly string[];
  readonly config: string | null;
  /** The values of placeholders, added to the service and the environment of the rules. */
  readonly values: Readonly<Record<string, string>>;
  readonly waitMs: number;
};

/** Makes the probes; `progress` is called with each round that did not pass. Throws `ConfigError` and `AppError`. */
export type RunGate = (options: GateOptions, progress: (report: GateReport) => void) => Promise<GateReport>;

type GateFlags = Readonly<Partial<Record<'config' | 'service' | 'environment' | 'version' | 'commit' | 'knownGood', string>>> & {
  readonly wait?: number;
  readonly json?: boolean;
};

/** The exit code for each result. */
const exitCodes = { pass: 0, fail: 4, error: 5 } as const;

/** Adds `gate`: makes the probes of rule files, before or after a restart. Needs no server. */
export function addGateCommand(
  program: Command,
  { io, done, runGate }: Pick<CliDeps, 'io' | 'done'> & { readonly runGate: RunGate },
): void {
  program
    .command('gate')
    .description('make the probes of rule files now, from this machine, and exit by their result')
    .argument('<file...>', 'rule files')
    .option('-c, --config <file>', "the operator's config, which allows command probes and defines SSH machines; default: none")
    .option('-s, --service <name>', 'fills $service; default: as the rules say')
    .option('-e, --environment <name>', 'fills $environment; default: as the rules say')
    .option('-v, --version <version>', 'fills $version: the release that should run')
    .option('--commit <sha>', 'fills $commit')
    .option('--known-good <version>', 'fills $known_good')
    .option('--wait <duration>', 'retry until all probes pass in one round, at most for this long', readWait)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 all critical probes passed · 4 a critical probe failed · 5 a critical probe could not be made · 2 usage · 78 the files cannot be used',
    )
    .action(async (files: readonly string[], { config, wait = 0, json, ...values }: GateFlags) => {
      let last = '';
      const report = await runGate({ files, config: config ?? null, values: valuesOf(values), waitMs: wait }, ({ probes }) => {
        const open = probes.filter(({ outcome }) => outcome !== 'pass').map(lineOf);
        if (open.join('\n') !== last) for (const line of open) note(io, `not yet: ${line}`);
        last = open.join('\n');
      });
      if (json === true) sayJson(io, report);
      else for (const probe of report.probes) say(io, `${lineOf(probe)}, in ${probe.seconds.toFixed(1)} s`);
      done(exitCodes[report.outcome]);
    });
}

const outcomeTexts = { pass: 'passed', fail: 'failed', error: 'error' } as const;

function lineOf({ service, check, critical, outcome, reason }: GateProbe): string {
  return `${service}/${check}${critical ? '' : ' (advisory)'}: ${outcomeTexts[outcome]}: ${reason}`;
}

function valuesOf({
  service,
  environment,
  version,
  commit,
  knownGood,
}: Omit<GateFlags, 'config' | 'wait' | 'json'>): GateOptions['values'] {
  const entries = Object.entries({ service, environment, version, commit, known_good: knownGood });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function readWait(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms > 3_600_000) throw new InvalidArgumentError('a duration up to 1h, such as 60s');
  return ms;
}
