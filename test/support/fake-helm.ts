import type { Behavior } from '../contracts/hook.ts';
import { type FakeProgram, hangs, type ProgramCall } from './fake-program.ts';

type Entry = {
  readonly revision: number;
  readonly status: string;
  readonly chart: string;
  readonly app_version: string;
  readonly description: string;
  readonly rollback_revision?: number;
};

type HelmBehavior = Behavior | 'unreachable midway' | 'forbidden midway';

/** A fake of Helm 3 with one release called `shop`. It answers as the source of Helm says. No real cluster was used to check it. */
export type FakeHelm = {
  readonly program: FakeProgram;
  deploy(appVersion: string): void;
  history(): readonly Entry[];
  set(history: readonly Entry[]): void;
  /** The app versions of the revisions that `rollback` was ordered to go to. */
  received(): readonly string[];
  /** The arguments of every call. */
  calls(): readonly (readonly string[])[];
  behave(behavior: HelmBehavior): void;
};

type World = {
  readonly secret: string;
  readonly calls: (readonly string[])[];
  readonly received: string[];
  history: readonly Entry[];
  behavior: HelmBehavior;
};

export function createFakeHelm(secret: string): FakeHelm {
  const world: World = { secret, calls: [], received: [], history: [], behavior: 'works' };
  return {
    program(call) {
      world.calls.push(call.args);
      const refusal = refusalOf(world, call.args);
      return refusal === null ? perform(world, call) : fail(call, refusal);
    },
    deploy(appVersion) {
      const older = superseded(world.history);
      const revision = (older.at(-1)?.revision ?? 0) + 1;
      const entry = { revision, status: 'deployed', chart: 'shop-1.4.0', app_version: appVersion, description: 'Upgrade complete' };
      world.history = [...older, entry];
    },
    history: () => world.history,
    set(history) {
      world.history = history;
    },
    received: () => world.received,
    calls: () => world.calls,
    behave(behavior) {
      world.behavior = behavior;
    },
  };
}

function fail(call: ProgramCall, text: string): number {
  call.complain(`Error: ${text}`);
  return 1;
}

/** The error of every command for a wrong context, an unreachable cluster, or an unknown release. */
function refusalOf({ behavior, received }: World, args: readonly string[]): string | null {
  const context = args.find((arg) => arg.startsWith('--kube-context='))?.slice(15);
  if (context !== 'test') return `Kubernetes cluster unreachable: context "${context}" does not exist`;
  if (behavior === 'unreadable' || (behavior === 'unreadable after the action' && received.length > 0))
    return 'Kubernetes cluster unreachable: Get "https://127.0.0.1:6443/version": dial tcp 127.0.0.1:6443: connect: connection refused';
  return args[args.indexOf('--') + 1] === 'shop' ? null : 'release: not found';
}

function perform(world: World, call: ProgramCall): number | Promise<number> {
  const { history, behavior } = world;
  if (call.args.includes('history')) {
    call.print(JSON.stringify(history));
    return 0;
  }
  const number = Number(call.args.at(-1));
  const target = history.find(({ revision }) => revision === number);
  if (target === undefined) return fail(call, `release has no ${number} version`);
  if (call.args.includes('--dry-run')) {
    call.print('Rollback was a success! Happy Helming!');
    return 0;
  }
  world.received.push(target.app_version);
  const failure = failures(world.secret)[behavior];
  if (failure !== undefined) return fail(call, failure);
  if (behavior === 'hangs') {
    call.print('working on it');
    return hangs;
  }
  const revision = (history.at(-1)?.revision ?? 0) + 1;
  const entry = { ...target, revision, status: 'deployed', description: `Rollback to ${number}` };
  if (behavior !== 'lies') world.history = [...superseded(history), entry];
  call.print('Rollback was a success! Happy Helming!');
  return 0;
}

const failures = (secret: string): Readonly<Partial<Record<HelmBehavior, string>>> => ({
  fails: `failed to create resource: ${secret}`,
  'unreachable midway': 'Patch "https://10.0.0.1/apis/apps/v1": dial tcp 10.0.0.1:443: connect: connection refused',
  'forbidden midway': 'could not get information about the resource: deployments.apps "shop" is forbidden: User "x" cannot get',
});

function superseded(history: readonly Entry[]): readonly Entry[] {
  return history.map((entry) => (entry.status === 'deployed' ? { ...entry, status: 'superseded' } : entry));
}
