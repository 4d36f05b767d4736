import { existsSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DeployerBehavior } from './fake-deployer.ts';
import { type FakeProgram, hangs, type ProgramCall } from './fake-program.ts';

type DepWorld = {
  readonly version: '6.9.0' | '7.5.12';
  readonly secret: string;
  /** Holds the host (`app`) and the recipe (`deploy.php`). */
  readonly folder: string;
  behavior(): DeployerBehavior;
  /** Gets the candidate of each order; empty if the order names none. */
  receive(candidate: string): void;
};

type RollbackCall = { readonly recipe: string | undefined; readonly candidate: string; readonly selector: string | undefined };

/** A fake of the program `dep`. */
export function fakeDep(world: DepWorld): FakeProgram {
  return (call) => {
    const [task = ''] = call.args;
    if (task === '--version') {
      call.print(`Deployer ${world.version}`);
      return 0;
    }
    const rollback = parseRollback(call.args);
    if (task === 'rollback' && rollback.recipe === join(world.folder, 'deploy.php')) return rollBack(world, call, rollback);
    if (task === 'workers:reload' && rollback.recipe === join(world.folder, 'deploy.php')) {
      call.print('task workers:reload');
      return 0;
    }
    call.print(`  Command "${task}" is not defined.  `);
    return 1;
  };
}

function parseRollback(args: readonly string[]): RollbackCall {
  const option = '--option=rollback_candidate=';
  return {
    recipe: args[args.indexOf('-f') + 1],
    candidate: args.find((arg) => arg.startsWith(option))?.slice(option.length) ?? '',
    selector: args.at(-1),
  };
}

function rollBack(world: DepWorld, call: ProgramCall, { candidate, selector }: RollbackCall): number | Promise<number> {
  const behavior = world.behavior();
  world.receive(candidate);
  const misbehavior = misbehave(world, call, behavior);
  if (misbehavior !== null) return misbehavior;
  if (selector !== 'prod') {
    call.print(`\n  No host selected. Please, check your selector:  \n\n      ${selector}  `);
    return 1;
  }
  const app = join(world.folder, 'app');
  const exitCode = world.version === '6.9.0' ? stepBack(app, call) : goTo(app, candidate, call);
  if (behavior === 'unreadable after the action') renameSync(app, join(world.folder, 'away'));
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
function goTo(app: string, candidate: string, call: ProgramCall): number {
  const current = basename(readlinkSync(join(app, 'current')));
  call.print(`[prod] Current release is ${current}.`);
  if (!readdirSync(join(app, 'releases')).includes(candidate)) {
    call.print(`[prod]  RuntimeException  in rollback.php on line 71:\n[prod]   Release "${candidate}" not found in "${app}/releases".`);
    call.print('\u001b[37;41mERROR: Task rollback failed!\u001b[39;49m');
    return 255;
  }
  if (existsSync(join(app, 'releases', candidate, 'BAD_RELEASE'))) {
    call.print(`[prod] Candidate ${candidate} marked as bad release.\n[prod] Rollback aborted.`);
    return 0;
  }
  call.print(`[prod] Rolling back to ${candidate} release.`);
  link(app, `releases/${candidate}`);
  writeFileSync(join(app, 'releases', current, 'BAD_RELEASE'), '2026-11-21T09:24:03+0000,me\n');
  call.print(`[prod] rollback to release ${candidate} was successful`);
  return 0;
}

function link(app: string, target: string): void {
  rmSync(join(app, 'current'), { force: true });
  symlinkSync(target, join(app, 'current'));
}
