import { type Command, Option } from 'commander';
import type { ApiSchemas } from '../client/index.ts';
import { parseDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import type { WaitGoal } from '../usecases/view-deploy.ts';
import { answerOf, type Client, type DeployAnswer, given } from './client.ts';
import { exitCodeHelp } from './exit-codes.ts';
import { type Io, note, say, sayJson } from './io.ts';
import { registerWithRetries } from './register-with-retries.ts';
import { waitFor } from './wait.ts';

export type CliDeps = { readonly io: Io; readonly client: () => Client; readonly done: (code: number) => void };

type RegisterBody = ApiSchemas['RegisterDeploy'];
type DeployOptions = {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly wait?: boolean;
  readonly until?: WaitGoal;
  readonly timeout?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly link?: readonly string[];
  readonly meta?: readonly string[];
  readonly force?: boolean;
} & Readonly<Partial<Record<'commit' | 'image' | 'rollbackOf' | 'buildId' | 'idempotencyKey' | 'deployedAt' | 'retry', string>>> &
  Pick<RegisterBody, 'cause' | 'migrations' | 'phase'>;

/** The server asks the platform what runs. */
const adoptTimeoutMs = 60_000;

/** Adds `deploy`, `finished`, `wait` and `adopt`. */
export function addDeployCommands(program: Command, deps: CliDeps): void {
  const { io, client, done } = deps;
  const print = (deploy: DeployAnswer, { json }: Pick<DeployOptions, 'json'>, lines: readonly string[]): void => {
    if (json === true) sayJson(io, deploy);
    else for (const line of lines) say(io, line);
  };
  program
    .command('deploy')
    .description('register a deploy; with --wait, wait for its bake and exit by its result')
    .requiredOption('-s, --service <name>', 'the service, as its rule file names it')
    .requiredOption('-e, --environment <name>', 'where it runs')
    .requiredOption('-v, --version <version>', 'the release: a tag, a SHA or a digest')
    .option('--commit <sha>', 'the commit of the release')
    .option('--image <ref>', 'the image of the release')
    .addOption(
      new Option('--cause <cause>', 'release, or rollback for a deploy that returns to an older release').choices(['release', 'rollback']),
    )
    .option('--rollback-of <id>', 'the deploy that this one rolls back')
    .addOption(new Option('--migrations <kind>', 'what the deploy did to the database').choices(['none', 'compatible', 'irreversible']))
    .option('--build-id <id>', 'a retried pipeline step with the same build id is the same deploy')
    .addOption(new Option('--phase <phase>', 'started: the bake begins with `bakewatch finished`').choices(['started', 'finished']))
    .option('--link <title=url...>', 'shown with the deploy')
    .option('--meta <key=value...>', 'kept with the release')
    .option('--idempotency-key <key>', 'a retried call with the same key is the same deploy')
    .option('--deployed-at <instant>', 'when the deploy finished, if that was not just now, such as 2026-11-21T14:00:00Z')
    .option(
      '--retry <duration>',
      'retry for this long, such as 10m, while the server does not answer; default: 30s, and only while it is just starting',
    )
    .option('--force', 'register the deploy even while a rollback is under way')
    .option('--wait', 'wait until the bake has ended')
    .addOption(untilOption())
    .option('--timeout <duration>', 'stop waiting after this long, such as 30m; the bake goes on')
    .option('--verbose', 'while waiting, print the whole answer of each check at every change')
    .option('--json', 'print the deploy as JSON, and no progress')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .action(async (options: DeployOptions) => {
      const timeoutMs = timeoutOf(options.timeout);
      assertWaits(options);
      const key = options.idempotencyKey ?? (options.buildId === undefined ? crypto.randomUUID() : null);
      const deploy = await registerWithRetries(client(), io, { body: bodyOf(options), key, retryMs: retryOf(options.retry) });
      for (const warning of deploy.warnings ?? []) note(io, `warning: ${warning}`);
      if (options.wait !== true) return print(deploy, options, [deploy.id, deploy.url]);
      note(io, `registered ${deploy.id}: ${deploy.url}`);
      return done(await waitFor(client(), io, { id: deploy.id, timeoutMs, ...waitOptionsOf(options) }));
    });

  program
    .command('finished')
    .description('report that a deploy registered with --phase started has finished; its bake begins')
    .argument('<id>', 'the deploy')
    .option('--wait', 'wait until the bake has ended')
    .addOption(untilOption())
    .option('--timeout <duration>', 'stop waiting after this long, such as 30m; the bake goes on')
    .option('--verbose', 'while waiting, print the whole answer of each check at every change')
    .option('--json', 'print the deploy as JSON, and no progress')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .action(async (id: string, options: Pick<DeployOptions, 'wait' | 'until' | 'timeout' | 'json' | 'verbose'>) => {
      assertWaits(options);
      const timeoutMs = timeoutOf(options.timeout);
      const deploy = await answerOf(client().POST('/v1/deploys/{id}/finished', { params: { path: { id } } }));
      if (options.wait !== true) return print(deploy, options, [`${deploy.id} ${deploy.summary}`]);
      return done(await waitFor(client(), io, { id, timeoutMs, ...waitOptionsOf(options) }));
    });

  program
    .command('wait')
    .description('wait until the bake of a deploy has ended, and exit by its result')
    .argument('<id>', 'the deploy')
    .addOption(untilOption())
    .option('--timeout <duration>', 'stop waiting after this long, such as 30m; the bake goes on')
    .option('--verbose', 'while waiting, print the whole answer of each check at every change')
    .option('--json', 'print the deploy as JSON, and no progress')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .action(async (id: string, options: Pick<DeployOptions, 'until' | 'timeout' | 'json' | 'verbose'>) =>
      done(await waitFor(client(), io, { id, timeoutMs: timeoutOf(options.timeout), ...waitOptionsOf(options) })),
    );

  program
    .command('adopt')
    .description('declare the release that runs now known-good, so that the next deploy can be rolled back to it')
    .requiredOption('-s, --service <name>', 'the service, as its rule file names it')
    .requiredOption('-e, --environment <name>', 'where it runs')
    .requiredOption('-v, --version <version>', 'the release that runs now')
    .option('--commit <sha>', 'its commit')
    .option('--image <ref>', 'its image')
    .option('--force', 'adopt although the rollback hook says that another release runs: it is this one under another name')
    .option('--json', 'print the deploy as JSON')
    .action(async ({ service, environment, version, commit, image, force = false, json }: DeployOptions) => {
      const body = { service, environment, version, ...given({ commit, image }), ...(force && { force }) };
      const deploy = await answerOf(client().within(adoptTimeoutMs).POST('/v1/adopt', { body }));
      if (json === true) return sayJson(io, deploy);
      if (deploy.note) say(io, `note: ${deploy.note}`);
      say(io, `${deploy.service} ${deploy.release.version} (${deploy.environment}) is known-good: ${deploy.id}`);
    });
}

/** Until what `--wait` and `wait` wait. */
function untilOption(): Option {
  const text = 'clear: return 0 as soon as every critical check has ruled out harm; the bake goes on and still rolls back';
  return new Option('--until <goal>', text).choices(['final', 'clear']);
}

/** Throws `AppError('invalid')` where `--until` has no effect. */
function assertWaits({ wait, until }: Pick<DeployOptions, 'wait' | 'until'>): void {
  if (until !== undefined && wait !== true) throw new AppError('invalid', '--until says how long to wait: add --wait');
}

function waitOptionsOf({ until, json, verbose }: Pick<DeployOptions, 'until' | 'json' | 'verbose'>) {
  return { untilClear: until === 'clear', json: json === true, verbose: verbose === true };
}

function bodyOf({
  service,
  environment,
  version,
  commit,
  image,
  cause,
  migrations,
  phase,
  force,
  ...options
}: DeployOptions): RegisterBody {
  const links = (options.link ?? []).map((text) => pair(text, '--link')).map(([title, url]) => ({ title, url }));
  const metadata = Object.fromEntries((options.meta ?? []).map((text) => pair(text, '--meta')));
  return {
    service,
    environment,
    version,
    ...given({ commit, image, cause, migrations, phase, force }),
    ...given({ rollback_of: options.rollbackOf, build_id: options.buildId, deployed_at: options.deployedAt }),
    links,
    metadata,
  };
}

function pair(text: string, option: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new AppError('invalid', `${option} takes name=value, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function retryOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = parseDuration(text);
  if (ms === null) throw new AppError('invalid', `--retry takes a duration such as 10m, not "${text}"`);
  return ms;
}

function timeoutOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = parseDuration(text);
  if (ms === null) throw new AppError('invalid', `--timeout takes a duration such as 30m, not "${text}"`);
  return ms;
}
