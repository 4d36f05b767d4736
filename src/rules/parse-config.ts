import { dirname, isAbsolute, join } from 'node:path';
import type { OperatorPolicy } from '../core/bake/plan.ts';
import { isLoopbackHost } from '../core/base/loopback.ts';
import { Secret } from '../core/base/secret.ts';
import { show } from '../core/rules/written-values.ts';
import type { Config, ConfigSources } from './config.ts';
import {
  ConfigFile,
  DatabaseSection,
  DrillPolicy,
  PolicySection,
  RollbackBudget,
  RulePattern,
  ServerSection,
  SharedCause,
} from './config-file.ts';
import { warnOfRisks } from './config-risks.ts';
import { Cursor } from './cursor.ts';
import { Problems } from './problems.ts';
import { readInstances, readNotifiers } from './read-instances.ts';
import { readPipelines } from './read-pipelines.ts';
import { readSignIn } from './read-sign-in.ts';
import { readTls } from './read-tls.ts';
import { readTokens } from './read-tokens.ts';
import { readYaml } from './read-yaml.ts';
import { substitute } from './substitute.ts';

/** Parses the operator's config. Throws a `ConfigError` with all problems. No message contains a secret. */
export function parseConfig<P, H, T, N>(text: string, file: string, sources: ConfigSources<P, H, T, N>): Config<P, H, T, N> {
  const problems = new Problems();
  const config = readConfig({ text, file }, sources, problems)?.config;
  problems.throwIfAny();
  if (!config) throw new Error('a config without a problem must be readable');
  return config;
}

type ConfigText = { readonly text: string; readonly file: string };
type ReadConfig<P, H, T, N> = { readonly config: Config<P, H, T, N>; readonly top: Cursor };

/** Parses a config and adds its problems to `problems`. The result is valid only if no problem was added. */
export function readConfig<P, H, T, N>(
  { text, file }: ConfigText,
  { env, readFile, plugins }: ConfigSources<P, H, T, N>,
  problems: Problems,
): ReadConfig<P, H, T, N> | null {
  const written = readYaml(text, file, problems);
  if (written === null) return null;
  const top = Cursor.top(substitute(written, { env, readFile, file }, problems), problems);
  if (!top.isMapOf(Object.keys(ConfigFile.shape))) return null;
  if (!top.at('config').isPresent) top.at('config').problem('is required', 'begin the file with `config: 1`');
  else top.at('config').take(ConfigFile.shape.config);
  const hasCallers = top.at('tokens').items.length + top.at('pipelines').items.length > 0 || top.at('sign_in').isPresent;
  const server = readServer(top.at('server'), hasCallers);
  const notifiers = readNotifiers(top.at('notifiers'), plugins.notifiers);
  checkActLinks(top.at('notifiers'), { notifiers, server });
  const config: Config<P, H, T, N> = {
    server,
    database: readDatabase(top.at('database')),
    dataDir: top.at('data_dir').take(ConfigFile.shape.data_dir) ?? '',
    drainMs: top.at('drain').take(ConfigFile.shape.drain) ?? 0,
    tokens: readTokens(top.at('tokens')),
    pipelines: readPipelines(top.at('pipelines'), server.publicUrl),
    signIn: readSignIn(top.at('sign_in'), { publicUrl: top.at('server').at('public_url'), isLocal: isLoopbackHost(server.host) }),
    providers: readInstances(top.at('providers'), plugins.providers),
    hooks: readInstances(top.at('hooks'), plugins.hooks),
    traffic: readInstances(top.at('traffic'), plugins.trafficHooks),
    notifiers,
    rules: rulePaths(top.at('rules'), file).map(({ path }) => path),
    policy: readPolicy(top.at('policy')),
  };
  warnOfRisks(top, server);
  return { config, top };
}

/** Links need the address at which people reach the server. */
function checkActLinks(
  cursor: Cursor,
  { notifiers, server }: Pick<Config<unknown, unknown, unknown, unknown>, 'notifiers' | 'server'>,
): void {
  for (const [name, { rules }] of notifiers) {
    if (rules.actLinks !== true || server.publicUrl !== null) continue;
    cursor.at(name).at('act_links').problem('needs the address of the server', 'write `public_url: https://…` below `server:`');
  }
}

function readServer(cursor: Cursor, hasCallers: boolean): Config<unknown, unknown, unknown, unknown>['server'] {
  if (cursor.isPresent) cursor.isMapOf(Object.keys(ServerSection.shape));
  const listen = cursor.at('listen').take(ServerSection.shape.listen) ?? '127.0.0.1:8700';
  const colon = listen.lastIndexOf(':');
  const [host, port] = [listen.slice(0, colon).replace(/^\[|\]$/g, ''), Number(listen.slice(colon + 1))];
  if (port > 65_535) cursor.at('listen').problem(`${port} is not a port`, 'write 1 to 65535');
  if (!hasCallers && !isLoopbackHost(host)) {
    cursor
      .at('listen')
      .problem('without tokens the server may listen only on loopback', 'add `tokens:` or `sign_in:`, or listen on 127.0.0.1');
  }
  const publicUrl = cursor.at('public_url').take(ServerSection.shape.public_url);
  const trustedProxies = cursor.at('trusted_proxies').take(ServerSection.shape.trusted_proxies) ?? [];
  return { host, port, publicUrl: publicUrl?.replace(/\/+$/, '') ?? null, trustedProxies, tls: readTls(cursor.at('tls')) };
}

function readDatabase(cursor: Cursor): Config<unknown, unknown, unknown, unknown>['database'] {
  if (cursor.isPresent) cursor.isMapOf(Object.keys(DatabaseSection.shape));
  const url = cursor.at('url').take(DatabaseSection.shape.url);
  const { shape } = DatabaseSection;
  const measurements = cursor.at('retention').take(shape.retention) ?? 0;
  const pasts = Math.min(measurements, cursor.at('past_retention').take(shape.past_retention) ?? 0);
  const deploys = Math.max(measurements, cursor.at('deploy_retention').take(shape.deploy_retention) ?? 0);
  const audit = cursor.at('audit_retention').take(shape.audit_retention) ?? 0;
  const isCompact = cursor.at('compact').take(shape.compact) ?? false;
  return { url: url === undefined ? null : new Secret(url), isCompact, keepMs: { pasts, measurements, deploys, audit } };
}

function readPolicy(cursor: Cursor): OperatorPolicy {
  if (cursor.isPresent) cursor.isMapOf(Object.keys(PolicySection.shape));
  const { shape } = PolicySection;
  return {
    observeOnly: cursor.at('observe_only').take(shape.observe_only) ?? false,
    approvalMs: cursor.at('approval').take(shape.approval) ?? 0,
    finishMs: cursor.at('finish').take(shape.finish) ?? 0,
    rollbackMs: cursor.at('rollback_timeout').take(shape.rollback_timeout) ?? 0,
    blindAfterMs: cursor.at('blind_after').take(shape.blind_after) ?? 0,
    nextKnownGood: cursor.at('next_known_good').take(shape.next_known_good) ?? false,
    drill: readDrill(cursor.at('drill')),
    budget: readBudget(cursor.at('rollback_budget')),
    sharedCause: readSharedCause(cursor.at('shared_cause')),
  };
}

/** The paths of rule files and the patterns that a config names, each with its place in the config. */
export function rulePaths(cursor: Cursor, file: string): readonly { readonly path: string; readonly cursor: Cursor }[] {
  return cursor.items.flatMap((item) => {
    const written = item.take(RulePattern);
    if (written === undefined) return [];
    const star = written.indexOf('*');
    if (star !== -1 && /[/\\]/.test(written.slice(star))) {
      item.problem(`${show(written)} has a \`*\` in the name of a folder`, 'a `*` works only in file names: write one entry per folder');
      return [];
    }
    return [{ path: isAbsolute(written) ? written : join(dirname(file), written), cursor: item }];
  });
}

function readBudget(cursor: Cursor): OperatorPolicy['budget'] {
  const { shape } = RollbackBudget;
  if (cursor.isPresent) cursor.isMapOf(Object.keys(shape));
  return {
    rollbacks: cursor.at('rollbacks').take(shape.rollbacks) ?? 0,
    withinMs: cursor.at('within').take(shape.within) ?? 0,
    cooldownMs: cursor.at('cooldown').take(shape.cooldown) ?? 0,
  };
}

function readSharedCause(cursor: Cursor): OperatorPolicy['sharedCause'] {
  const { shape } = SharedCause;
  if (cursor.value === false) return null;
  if (cursor.isPresent) cursor.isMapOf(Object.keys(shape));
  return { services: cursor.at('services').take(shape.services) ?? 0, withinMs: cursor.at('within').take(shape.within) ?? 0 };
}

function readDrill(cursor: Cursor): OperatorPolicy['drill'] {
  const { shape } = DrillPolicy;
  if (cursor.isPresent) cursor.isMapOf(Object.keys(shape));
  return { everyMs: cursor.at('every').take(shape.every) ?? null, forRealIn: cursor.at('for_real_in').take(shape.for_real_in) ?? [] };
}
