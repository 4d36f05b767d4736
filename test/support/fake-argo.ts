import type { Behavior } from '../contracts/hook.ts';
import { type FakeProgram, hangs, type ProgramCall } from './fake-program.ts';

type State = {
  readonly revisions: readonly { readonly number: number; readonly hash: string; readonly image: string }[];
  readonly generation: number;
  readonly observed: number;
  readonly current: string;
  readonly stable: string;
  readonly isAborted: boolean;
  /** A canary pauses in the middle until it is promoted. */
  readonly pauses: boolean;
  readonly available: number;
  /** How many generations the controller is behind after a change. */
  readonly lag: number;
  /** Further fields of `spec`. */
  readonly spec: Readonly<Record<string, unknown>>;
};

/**
 * Fakes of kubectl and its plugin for Argo Rollouts, with one Rollout called `shop` and its controller. They answer as the documentation and the source of
 * Argo Rollouts 1.8 say. No real cluster was used to check them.
 */
export type FakeArgo = {
  readonly programs: { readonly kubectl: FakeProgram; readonly plugin: FakeProgram };
  /** Rolls an image out, completely or halfway. */
  deploy(image: string, rest?: { readonly isHalfway?: boolean }): void;
  state(): State;
  set(changes: Partial<State>): void;
  fingerprintOf(image: string): string;
  running(): string;
  /** The commands of the plugin, such as `undo --to-revision=1 shop`. */
  commands(): readonly string[];
  /** The images that the plugin was ordered to go to. */
  received(): readonly string[];
  behave(behavior: Behavior): void;
  /** Takes rights away from the account, such as `patch status`. */
  forbid(...rights: readonly string[]): void;
};

/** What both programs share. */
type World = {
  readonly secret: string;
  readonly commands: string[];
  readonly received: string[];
  state: State;
  behavior: Behavior;
  forbidden: readonly string[];
};

export function createFakeArgo(secret: string): FakeArgo {
  const empty = { revisions: [], generation: 0, observed: 0, current: '', stable: '', isAborted: false };
  const state: State = { ...empty, pauses: false, available: 2, lag: 0, spec: {} };
  const world: World = { secret, commands: [], received: [], state, behavior: 'works', forbidden: [] };
  const set = (changes: Partial<State>) => {
    world.state = { ...world.state, ...changes };
  };
  return {
    programs: { kubectl: (call) => kubectl(world, call), plugin: (call) => plugin(world, call) },
    deploy(image, { isHalfway = false } = {}) {
      const { revisions, generation, stable } = world.state;
      const number = Math.max(0, ...revisions.map((each) => each.number)) + 1;
      const hash = `5f7cd8b${number}`;
      const next = { revisions: [...revisions, { number, hash, image }], generation: generation + 1, observed: generation + 1 };
      set({ ...next, current: hash, stable: isHalfway ? stable : hash, isAborted: false });
    },
    state: () => world.state,
    set,
    fingerprintOf: (image) => `shop:${image} (pods ${world.state.revisions.findLast((each) => each.image === image)?.hash})`,
    running() {
      const { revisions, current, stable, isAborted } = world.state;
      return revisions.find(({ hash }) => hash === (isAborted ? stable : current))?.image ?? '';
    },
    commands: () => world.commands,
    received: () => world.received,
    behave(behavior) {
      world.behavior = behavior;
    },
    forbid(...rights) {
      world.forbidden = rights;
    },
  };
}

/** The verb of a call, and its arguments without `--`. */
function parseCall({ args }: ProgramCall): readonly [string, readonly string[]] {
  const verb = args.find((arg) => !arg.startsWith('--')) ?? '';
  return [verb, args.slice(args.indexOf(verb) + 1).filter((arg) => arg !== '--')];
}

function kubectl(world: World, call: ProgramCall): number {
  const { state, behavior } = world;
  const [verb, rest] = parseCall(call);
  // A controller that lags catches up by one generation per call, after the answer.
  if (state.observed < state.generation && state.lag > 0) world.state = { ...state, observed: state.observed + 1 };
  if (behavior === 'unreadable' || (behavior === 'unreadable after the action' && world.received.length > 0)) {
    call.complain('The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?');
    return 1;
  }
  if (verb === 'auth') return mayAnswer(world, call);
  if (verb === 'get' && world.forbidden.includes('get rollouts')) {
    call.complain('Error from server (Forbidden): rollouts.argoproj.io "shop" is forbidden: User "bot" cannot get');
    return 1;
  }
  const answer = answerOf(state, rest.at(-1) ?? '');
  if (answer === null) call.complain('Error from server (NotFound): rollouts.argoproj.io "x" not found');
  else call.print(answer);
  return answer === null ? 1 : 0;
}

/** `auth can-i VERB [--subresource=NAME] -- RESOURCE` */
function mayAnswer({ forbidden }: World, call: ProgramCall): number {
  const verb = call.args[call.args.indexOf('can-i') + 1];
  const subresource = call.args.find((arg) => arg.startsWith('--subresource='))?.slice(14) ?? 'rollouts';
  const isAllowed = !forbidden.includes(`${verb} ${subresource}`);
  call.print(isAllowed ? 'yes' : 'no');
  return isAllowed ? 0 : 1;
}

function answerOf(state: State, resource: string): string | null {
  if (resource === 'rollouts.argoproj.io/shop') return JSON.stringify(rolloutOf(state));
  if (resource !== 'replicasets.apps') return null;
  const items = state.revisions.map(({ number, hash, image }) => ({
    metadata: {
      labels: { app: 'shop', 'rollouts-pod-template-hash': hash },
      annotations: { 'rollout.argoproj.io/revision': String(number) },
      ownerReferences: [{ uid: 'u1', controller: true }],
    },
    spec: { template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'shop', image: `shop:${image}` }] } } },
  }));
  return JSON.stringify({ items });
}

function rolloutOf({ generation, observed, current, stable, isAborted, available, spec }: State) {
  const isHealthy = !isAborted && current === stable;
  return {
    metadata: { uid: 'u1', generation },
    spec: { replicas: 2, selector: { matchLabels: { app: 'shop' } }, ...spec },
    status: {
      observedGeneration: String(observed),
      currentPodHash: current,
      stableRS: stable,
      availableReplicas: available,
      ...(isHealthy ? { phase: 'Healthy' } : { phase: 'Paused', message: 'CanaryPauseStep' }),
      ...(isAborted && {
        ...{ phase: 'Degraded', message: 'RolloutAborted: Rollout aborted update to revision 2' },
        ...{ abort: true, abortedAt: '2026-11-21T10:00:00Z' },
      }),
    },
  };
}

function plugin(world: World, call: ProgramCall): number | Promise<number> {
  const [verb, rest] = parseCall(call);
  if (verb === 'version') {
    call.print('kubectl-argo-rollouts: v1.8.3');
    return 0;
  }
  world.commands.push([verb, ...rest].join(' '));
  if (verb !== 'promote') return abortOrUndo(world, { call, isAbort: verb === 'abort', rest });
  world.state = { ...world.state, stable: world.state.current };
  call.print("rollout 'shop' fully promoted");
  return 0;
}

type Action = { readonly call: ProgramCall; readonly isAbort: boolean; readonly rest: readonly string[] };

function abortOrUndo(world: World, { call, isAbort, rest }: Action): number | Promise<number> {
  const { state, behavior } = world;
  const number = Number(rest.find((arg) => arg.startsWith('--to-revision='))?.slice(14));
  const target = state.revisions.find((each) => (isAbort ? each.hash === state.stable : each.number === number));
  if (target) world.received.push(target.image);
  if (target === undefined || behavior === 'fails') {
    call.complain(
      target ? `Error: failed restoring revision: ${world.secret}` : `Error: unable to find specified revision ${number} in history`,
    );
    return 1;
  }
  if (behavior === 'hangs') {
    call.print('working on it');
    return hangs;
  }
  if (behavior !== 'lies') world.state = isAbort ? { ...state, isAborted: true } : undone(state, target);
  call.print(isAbort ? "rollout 'shop' aborted" : "rollout 'shop' undo");
  return 0;
}

/** The state after `undo`: the target's revision gets the next number. */
function undone(state: State, target: State['revisions'][number]): State {
  const newest = Math.max(...state.revisions.map((each) => each.number)) + 1;
  const generation = state.generation + 1;
  return {
    ...state,
    revisions: state.revisions.map((each) => (each === target ? { ...each, number: newest } : each)),
    current: target.hash,
    stable: state.pauses ? state.stable : target.hash,
    isAborted: false,
    generation,
    observed: generation - state.lag,
  };
}
