import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DeployerBehavior } from './fake-deployer.ts';
import { type FakeProgram, hangs, type ProgramCall } from './fake-program.ts';

type DepWorld = {
  readonly version: '6.9.0' | '7.5.12';
  readonly secret: string;
  readonly recipe: string;
  /** The hosts of the recipe: the `deploy_path` of each alias. `all` selects each of them. */
  hosts(): ReadonlyMap<string, string>;
  behavior(): DeployerBehavior;
  /** Gets the candidate of each order; empty if the order names none. */
  receive(candidate: string): void;
};

type DepCall = ProgramCall & {
  readonly task: string;
  readonly candidate: string;
  /** The aliases and paths of the selected hosts. */
  readonly hosts: readonly (readonly [string, string])[];
};

/** A fake of the program `dep`. What it prints was recorded from Deployer 7.5.12 and 6.9.0. */
export function fakeDep(world: DepWorld): FakeProgram {
  return (call) => {
    const [task = ''] = call.args;
    if (task === '--version') {
      call.print(`Deployer ${world.version}`);
      return 0;
    }
    const is6 = world.version === '6.9.0';
    const isKnown = [is6 ? 'debug:task' : 'deploy:is_locked', 'rollback', 'run', 'workers:reload'].includes(task);
    if (!isKnown || call.args[call.args.indexOf('-f') + 1] !== world.recipe) {
      call.print(`  Command "${task}" is not defined.  `);
      return 1;
    }
    const option = '--option=rollback_candidate=';
    const candidate = call.args.find((arg) => arg.startsWith(option))?.slice(option.length) ?? '';
    const selector = is6 && task === 'run' ? call.args.find((arg) => arg.startsWith('--stage='))?.slice(8) : call.args.at(-1);
    const selected = [...world.hosts()].filter(([alias]) => selector === 'all' || selector?.split(',').includes(alias));
    if (selected.length === 0 && task !== 'debug:task') return refuseSelector(call, is6, selector);
    return runTask(world, { ...call, task, candidate, hosts: selected });
  };
}

function refuseSelector(call: ProgramCall, is6: boolean, selector = ''): number {
  const lines = is6
    ? ['In HostSelector.php line 59:', `  Hostname or stage \`${selector}\` was not found.  `]
    : ['In SelectCommand.php line 91:', '  No host selected. Please, check your selector:  ', `      ${selector}  `];
  call.complain(`\n${lines.join('\n\n')}\n\nrollback [-o|--option OPTION] [--] [<selector>...]\n`);
  return 1;
}

function runTask(world: DepWorld, call: DepCall): number | Promise<number> {
  const { task, args, hosts } = call;
  const isPlan = task === 'debug:task' || args.includes('--plan');
  if (isPlan) {
    call.print(`│ ${hosts.map(([alias]) => alias).join(' │ ')} │\n├──┤\n│ rollback │`);
    return 0;
  }
  if (world.behavior() === 'has the wrong host key') return failLogin(world, call);
  if (task === 'run') return runScript(world, call);
  if (world.behavior() === 'lacks curl' && world.version !== '6.9.0') {
    call.print(`task ${task}\n\nIn Httpie.php line 45:\n\n  Please, install curl extension.    \n  https://php.net/curl.installation  `);
    call.print('\nworker [--tag TAG] [--port PORT] [--] [<selector>...]\n\u001b[0K\u001b[31;1mERROR: Task rollback failed!\u001b[0;m');
    return 1;
  }
  if (task === 'rollback') return rollBack(world, call);
  call.print(`task ${task}`);
  return 0;
}

/** Deployer 7 exits with 0 from `run`, although a host failed. */
function failLogin({ version }: DepWorld, { task, hosts, print, complain }: DepCall): number {
  const warning =
    '@@@@@@@@@@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nOffending ED25519 key in /etc/hosts:1';
  const reason = `${warning}\nHost key for prod has changed and you have requested strict checking.\nHost key verification failed.`;
  if (version === '6.9.0') {
    const block = ['The command "true" failed.', 'Exit Code: -1 (Unknown error)', '================', ...reason.split('\n')];
    complain(
      `\nIn Client.php line 103:\n\n${block.map((line) => `  ${line}  `).join('\n')}\n\n${task} [--log LOG] [--] <command-to-run>\n`,
    );
    return 1;
  }
  const [alias] = hosts[0] ?? [''];
  const lines = reason.split('\n').map((line) => `[${alias}] err ${line}`);
  print([`[${alias}]  error  in  on line 0:`, `[${alias}] run readlink`, ...lines, `[${alias}] exit code -1 (Unknown error)`].join('\n'));
  if (task === 'run') return 0;
  print(`\u001b[0K\u001b[31;1mERROR: Task ${task} failed!\u001b[0;m`);
  return 255;
}

/** Runs the script of `run` with a real shell for each host. */
function runScript({ version }: DepWorld, { args, hosts, print }: DepCall): number {
  const is6 = version === '6.9.0';
  const script = args[args.indexOf('--') + 1] ?? '';
  for (const [alias, path] of hosts) {
    const text = script.replaceAll('{{deploy_path}}', path).replaceAll(is6 ? '{{hostname}}' : '{{alias}}', alias);
    const lines = spawnSync('sh', ['-c', text], { encoding: 'utf8' }).stdout.split('\n').slice(0, -1);
    if (is6) print(`${hosts.length > 1 ? `[${alias}] > ` : ''}${lines.join('\n')}`);
    else print(lines.map((line) => `[${alias}] ${line}`).join('\n'));
  }
  return 0;
}

function rollBack(world: DepWorld, call: DepCall): number | Promise<number> {
  const behavior = world.behavior();
  world.receive(call.candidate);
  const misbehavior = misbehave(world, call, behavior);
  if (misbehavior !== null) return misbehavior;
  let exitCode = 0;
  for (const [alias, app] of call.hosts) {
    exitCode = world.version === '6.9.0' ? stepBack(app, call) : goTo(alias, app, call);
    if (behavior === 'unreadable after the action') renameSync(app, join(app, '../away'));
    if (behavior === 'loses a host on the way') return misbehave(world, call, 'loses the connection') ?? exitCode;
  }
  return exitCode;
}

function misbehave({ secret }: DepWorld, call: ProgramCall, behavior: DeployerBehavior): number | Promise<number> | null {
  switch (behavior) {
    case 'fails':
      call.print(`${secret}\nERROR: Task rollback failed!`);
      return 255;
    case 'lies':
      call.print('Rollback aborted.');
      return 0;
    case 'hangs':
      call.print('working on it');
      return hangs;
    case 'loses the connection':
      call.print('[prod] err ssh: connect to host prod port 22: Connection refused\n[prod] exit code -1 (Unknown error)');
      return 255;
    default:
      return null;
  }
}

/** Deployer 6 deletes the newest release in its list and goes to the one before. */
function stepBack(app: string, call: ProgramCall): number {
  call.print('Executing task rollback');
  const lines = readFileSync(join(app, '.dep/releases'), 'utf8').trim().split('\n');
  const names = [...new Set(lines.map((line) => line.split(',')[1] ?? '').reverse())];
  const [newest, previous] = names.filter((name) => existsSync(join(app, 'releases', name)));
  if (newest === undefined || previous === undefined) {
    call.print('No more releases you can revert to.\nOk');
    return 0;
  }
  link(app, join(app, 'releases', previous));
  rmSync(join(app, 'releases', newest), { recursive: true });
  call.print('Ok');
  return 0;
}

/** Deployer 7 goes to the candidate and marks the release that it leaves. */
function goTo(alias: string, app: string, { candidate, ...call }: DepCall): number {
  const current = basename(readlinkSync(join(app, 'current')));
  call.print(`[${alias}] Current release is ${current}.`);
  if (!readdirSync(join(app, 'releases')).includes(candidate)) {
    call.print(
      `[${alias}]  RuntimeException  in rollback.php on line 71:\n[${alias}]   Release "${candidate}" not found in "${app}/releases".`,
    );
    call.print('\u001b[37;41mERROR: Task rollback failed!\u001b[39;49m');
    return 255;
  }
  if (existsSync(join(app, 'releases', candidate, 'BAD_RELEASE'))) {
    call.print(`[${alias}] Candidate ${candidate} marked as bad release.\n[${alias}] Rollback aborted.`);
    return 0;
  }
  call.print(`[${alias}] Rolling back to ${candidate} release.`);
  link(app, `releases/${candidate}`);
  writeFileSync(join(app, 'releases', current, 'BAD_RELEASE'), '2026-11-21T09:24:03+0000,me\n');
  call.print(`[${alias}] rollback to release ${candidate} was successful`);
  return 0;
}

function link(app: string, target: string): void {
  rmSync(join(app, 'current'), { force: true });
  symlinkSync(target, join(app, 'current'));
}
