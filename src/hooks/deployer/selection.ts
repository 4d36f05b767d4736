import { EffectError } from '../../core/base/errors.ts';
import { nameProblem } from '../../core/base/name-pattern.ts';
import { causeOf } from './cause.ts';
import type { Dep } from './dep.ts';
import { type HostRelease, type HostState, parseState } from './state.ts';

/** A host that the selector selects, as Deployer itself sees it. Its state has no other releases than the current one and the target. */
export type SelectedHost = { readonly alias: string; readonly state: HostState };

/** What the hook knows of the host that it reads itself, and the release to go to. */
export type Expectation = { readonly state: HostState; readonly target: HostRelease };

/**
 * Asks each selected host over Deployer's own ssh what it runs, and which release has the name of the target. Throws `EffectError`, before anything moves:
 * `unreachable` if a host does not answer, `refused` if the hosts cannot be handled by one order.
 */
export async function askSelection(
  dep: Dep,
  version: number,
  { target }: Expectation,
  signal: AbortSignal,
): Promise<readonly SelectedHost[]> {
  const problem = nameProblem(target.name);
  if (problem) throw new EffectError('refused', `the name of the release's folder ${problem}; no rollback was run`);
  const { output, stdout, answer } = await dep.ask(version, scriptFor(target.name, version), signal);
  const hosts = parseAnswers(answer?.reveal() ?? stdout);
  const silent = silentHosts(output, hosts);
  if (hosts.length > 0 && silent.length === 0) return hosts;
  const cause = causeOf(output);
  const who = silent.length > 0 ? silent.join(', ') : 'the selected host';
  throw new EffectError('unreachable', `Deployer's own ssh got no answer from ${who}${cause && `: ${cause}`}; nothing was done`, {
    output,
  });
}

/** Throws `EffectError` `refused` if one order cannot handle the hosts: another release has the name of the target there, or something else runs. */
export function refuseIfDifferent(hosts: readonly SelectedHost[], version: number, { state, target }: Expectation): void {
  const names = hosts.map(({ alias }) => alias).join(', ');
  const [only, ...others] = hosts;
  const isRead = ({ state: its }: SelectedHost) =>
    its.current.fingerprint === state.current.fingerprint && named(its, target.name)?.fingerprint === target.fingerprint;
  if (!hosts.some(isRead)) {
    const seen = hosts.map((host) => describe(host, target)).join('; ');
    const read = `the hook reads a host where ${state.current.fingerprint} runs and the target is ${target.fingerprint}`;
    throw refusal(`\`selector\` selects another host than the hook reads: ${seen}; ${read}`, 'correct `selector`, `deploy_path` or `ssh`');
  }
  if (only === undefined || others.length === 0) return;
  if (version === 6) throw refusal(`\`selector\` selects ${names}, and Deployer 6 cannot go to a named release on each`);
  const isKnown = (target.revision ?? target.target) !== undefined;
  if (!isKnown)
    throw refusal(`\`selector\` selects ${names}, and ${target.fingerprint} cannot be compared: no tag and no commit is recorded`);
  const isSame = hosts.every(({ state: its }) => isSameRelease(named(its, target.name), target));
  const running = new Set(hosts.map(({ state: its }) => its.current).flatMap((each) => (each.name === target.name ? [] : [labelOf(each)])));
  if (isSame && running.size <= 1) return;
  throw refusal(`\`selector\` selects ${hosts.length} hosts that differ: ${hosts.map((host) => describe(host, target)).join('; ')}`);
}

function refusal(why: string, advice = 'select one host, or let a command handle each'): EffectError {
  return new EffectError('refused', `${why}; nothing was done; ${advice}`);
}

function describe({ alias, state }: SelectedHost, target: HostRelease): string {
  const found = named(state, target.name);
  const has = found === undefined ? `no release ${target.name}` : `${found.fingerprint}${found.isBad ? ', marked as bad' : ''}`;
  return `${alias} runs ${state.current.fingerprint} and has ${has}`;
}

function named({ releases }: HostState, name: string): HostRelease | undefined {
  return releases.find((release) => release.name === name);
}

function isSameRelease(release: HostRelease | undefined, target: HostRelease): boolean {
  return release !== undefined && labelOf(release) === labelOf(target) && release.isBad === target.isBad;
}

/** The same for the same release on each host. The times differ a little. */
function labelOf({ name, target, revision }: HostRelease): string {
  return JSON.stringify([name, target, revision]);
}

/** Deployer replaces `{{…}}`. Only a little is printed: Deployer may tear longer output apart. */
function scriptFor(target: string, version: number): string {
  const alias = version === 6 ? '{{hostname}}' : '{{alias}}';
  return `cd {{deploy_path}} || exit 66
current=$(readlink current)
printf 'host\\t%s\\n' '${alias}'
printf 'current\\t%s\\n' "$current"
[ ! -e .dep/deploy.lock ] || printf 'lock\\t%s\\n' "$(head -n 1 .dep/deploy.lock)"
for name in '${target}' "$(basename "$current")"; do
  [ -d "releases/$name" ] || continue
  bad=; [ ! -e "releases/$name/BAD_RELEASE" ] || bad=bad
  printf 'release\\t%s\\t%s\\t%s\\n' "$name" "$bad" "$(head -n 1 "releases/$name/REVISION" 2>/dev/null)"
  [ ! -f .dep/releases ] || tail -n 200 .dep/releases | while IFS= read -r line; do
    [ "\${line#*,}" != "$name" ] || printf 'releases\\t%s\\n' "$line"
  done | tail -n 1
  [ ! -f .dep/releases_log ] || tail -n 200 .dep/releases_log | grep -F -e "\\"release_name\\":\\"$name\\"" -e "\\"release_name\\":$name," |
    tail -n 1 | while IFS= read -r line; do printf 'releases_log\\t%s\\n' "$line"; done
done
printf 'end\\t%s\\n' '${alias}'`;
}

function parseAnswers(text: string): readonly SelectedHost[] {
  const hosts: SelectedHost[] = [];
  let lines: string[] = [];
  for (const printed of text.split('\n')) {
    // Deployer writes the name of the host before the lines: 6 before the first one if there are several hosts.
    const line = printed.replace(/^\[[^\]]*\] (> )?/, '');
    if (line.startsWith('host\t')) lines = [];
    lines.push(line);
    if (!line.startsWith('end\t')) continue;
    const alias = line.slice('end\t'.length);
    hosts.push({ alias, state: parseState(lines.join('\n'), alias) });
  }
  return hosts;
}

/** The hosts that Deployer names in front of an error, and that gave no answer. */
function silentHosts(output: string, hosts: readonly SelectedHost[]): readonly string[] {
  const named = new Set([...output.matchAll(/^\[([^\]]+)\] (?! *>)/gm)].map(([, alias = '']) => alias));
  return [...named].filter((alias) => !hosts.some((host) => host.alias === alias));
}
