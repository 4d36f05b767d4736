import { dirname, join } from 'node:path';
import type { BacktestReport } from '../core/backtest/report.ts';
import { AppError } from '../core/base/errors.ts';
import { formatShare } from '../core/base/format-number.ts';
import type { Proposals, ServiceProposal } from '../core/rules/proposal.ts';
import { writeProposal } from '../rules/write-proposal.ts';
import { type RunBacktest, seed } from './backtest-command.ts';
import type { FileList } from './file-list.ts';
import { type Io, note, say } from './io.ts';

export type ProposalsOptions = { readonly config: string; readonly provider: string };

/** Asks a provider which services it has metrics of, and what it would watch. */
export type RunProposals = (options: ProposalsOptions) => Promise<Proposals>;

export type InitFromDeps = { readonly io: Io; readonly runProposals: RunProposals; readonly runBacktest: RunBacktest };

export type InitFromOptions = ProposalsOptions & {
  readonly environment: string;
  /** Only these services. Missing: all. */
  readonly services: readonly string[] | null;
  /** How much of the past the rules are tried on; `null`: they are not tried. */
  readonly sinceMs: number | null;
};

/** Writes a rule file for each service that the provider knows, and tries each on the past. Never overwrites anything. Returns the exit code. */
export async function initFrom(
  { io, files: list, runProposals, runBacktest }: InitFromDeps & { readonly files: FileList },
  options: InitFromOptions,
): Promise<number> {
  const { config, provider, services } = options;
  const proposals = await runProposals({ config, provider });
  for (const line of proposals.leftOut) note(io, `left out: ${line}`);
  const wanted = proposals.services.filter(({ service }) => services === null || services.includes(service));
  const names = [...new Set(proposals.services.map(({ service }) => service))];
  for (const name of services ?? []) {
    if (!names.includes(name))
      throw new AppError('not_found', `${provider} has no requests of a service ${name}; it has ${names.join(', ') || 'none'}`);
  }
  if (wanted.length === 0) {
    note(io, `bakewatch: ${provider} has no metric of requests that is known, such as http_requests_total: write the first rules by hand`);
    return 1;
  }
  const written: string[] = [];
  const files: string[] = [];
  for (const proposal of wanted) {
    const file = join(dirname(config), 'rules', fileNameOf(proposal, wanted));
    files.push(file);
    const checks = proposal.checks.map(({ name, from }) => `${name} (${from})`).join(', ');
    const text = writeProposal(proposal, { provider, environment: options.environment });
    if (await list.write(file, text, `: ${checks}`)) written.push(file);
    else list.keep(file);
  }
  if (options.sinceMs !== null)
    for (const file of written) await tryOnPast({ io, runBacktest }, file, { ...options, sinceMs: options.sinceMs });
  const named = files.length > 3 ? [] : files;
  say(io, `next: \`bakewatch check --live ${[config, ...named].join(' ')}\`, name a rollback hook, and register your next deploy`);
  return 0;
}

/** One file for each service, or for each service and environment where there are several. */
function fileNameOf({ service, environment }: ServiceProposal, all: readonly ServiceProposal[]): string {
  const isAlone = all.filter((other) => other.service === service).length === 1;
  return `${isAlone || environment === null ? service : `${service}-${environment}`}.yaml`;
}

/** Fewer than `backtest` makes: there may be many files. */
const pseudoDeploys = 100;

async function tryOnPast(
  { io, runBacktest }: Pick<InitFromDeps, 'io' | 'runBacktest'>,
  rules: string,
  { config, sinceMs }: { readonly config: string; readonly sinceMs: number },
): Promise<void> {
  try {
    const report = await runBacktest(
      { rules, service: null, config, sinceMs, stepMs: null, except: [], deploys: pseudoDeploys, seed },
      () => {},
    );
    for (const line of summaryOf(report)) say(io, line);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    note(io, `${rules}: not tried on the past: ${error.message}`);
  }
}

/** What a rule file would have done: one line for the bake, and one for each check. */
export function summaryOf({ service, environment, whole, deploys, checks, untried }: BacktestReport): readonly string[] {
  const { falseAlarms, inconclusive } = whole;
  const open = inconclusive.count === 0 ? '' : `, ${inconclusive.count} would have ended undecided`;
  return [
    `${service} in ${environment}: of ${deploys.count} moments without a deploy, ${falseAlarms.count} would have failed (at most ${formatShare(falseAlarms.high)})${open}`,
    ...checks.map(({ name, advice, sensitivity }) => {
      if (advice === 'no_data') return `  ${name}: no data in the past`;
      if (advice === 'not_judged') return `  ${name}: could not be judged: too few requests, or too short a past`;
      const found = sensitivity.map(({ family, nineOfTen }) => nineOfTen?.effect ?? `none of the ${family} that were tried`);
      return `  ${name}: finds in 9 of 10 bakes: ${found.join('; ') || 'nothing was tried'}`;
    }),
    ...untried.map(({ name, reason }) => `  ${name}: not tried: ${reason}`),
  ];
}
