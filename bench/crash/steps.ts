import { AsyncLocalStorage } from 'node:async_hooks';
import type { PortWrapper, WrappedPort } from '../../src/app/app-input.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { Notifier } from '../../src/ports/notifier.ts';
import type { ShiftHook } from '../../src/ports/shift-hook.ts';
import type { Store } from '../../src/ports/store.ts';
import { pg } from '../../src/store/drizzle.ts';

/** A call that changes something has steps. One that only reads has none: to be killed there is to be killed after the last call that changes something. */
type CallKind = 'changes' | 'reads';

/** Every method of every port. The compiler finds a new one that is missing here. */
const calls = {
  store: {
    register: 'changes',
    update: 'changes',
    find: 'reads',
    claimDue: 'changes',
    renewClaims: 'changes',
    releaseClaims: 'changes',
    nextDueAt: 'reads',
    list: 'reads',
    services: 'reads',
    environments: 'reads',
    placesIn: 'reads',
    newestAnswers: 'reads',
    recentStates: 'reads',
    neighbors: 'reads',
    troubles: 'reads',
    newestChange: 'reads',
    changesAfter: 'reads',
    versions: 'reads',
    summaries: 'reads',
    outcomes: 'reads',
    replacementOf: 'reads',
    knownGood: 'reads',
    saveFingerprint: 'changes',
    firstFingerprint: 'reads',
    countByState: 'reads',
    measurements: 'reads',
    deletions: 'reads',
    saveHistory: 'changes',
    histories: 'reads',
    newestHistory: 'reads',
    timeline: 'reads',
    appendTimeline: 'changes',
    attempts: 'reads',
    recordAudit: 'changes',
    auditRows: 'reads',
    checkAudit: 'reads',
    cutAudit: 'changes',
    beginAttempt: 'changes',
    saveAttemptOutput: 'changes',
    saveAttemptProgram: 'changes',
    endAttempt: 'changes',
    beginDelivery: 'changes',
    endDelivery: 'changes',
    mute: 'changes',
    press: 'changes',
    beginDigest: 'changes',
    endDigest: 'changes',
    freezes: 'reads',
    postpone: 'changes',
    setFreeze: 'changes',
    liftFreeze: 'changes',
    prune: 'changes',
    ping: 'reads',
    now: 'reads',
    updateQuietly: 'changes',
    countLive: 'reads',
    beat: 'changes',
    leave: 'changes',
    ruleBookVersion: 'reads',
    ruleBook: 'reads',
    offerRuleBook: 'changes',
    sawReplica: 'changes',
    takeAlerts: 'changes',
    pushedAlerts: 'reads',
    pruneAlerts: 'changes',
    hasTokens: 'reads',
    findSecret: 'reads',
    tokens: 'reads',
    createToken: 'changes',
    rotateToken: 'changes',
    revokeToken: 'changes',
    noteSecretUse: 'changes',
    addSession: 'changes',
    findSession: 'reads',
    sawSession: 'changes',
    renewSession: 'changes',
    sessions: 'reads',
    endSession: 'changes',
    pruneSessions: 'changes',
    addSignInLink: 'changes',
    useSignInLink: 'changes',
    addActLinks: 'changes',
    findActLink: 'reads',
    useActLink: 'changes',
  } satisfies Record<keyof Store, CallKind>,
  hook: { current: 'reads', rollBack: 'changes', rehearse: 'reads' } satisfies Record<MethodOf<RollbackHook>, CallKind>,
  'shift hook': { weight: 'reads', shift: 'changes', rehearse: 'reads' } satisfies Record<MethodOf<ShiftHook>, CallKind>,
  notifier: { notify: 'changes' } satisfies Record<MethodOf<Notifier>, CallKind>,
  effects: { perform: 'changes', gaveUp: 'changes' },
  passes: { run: 'changes' },
} satisfies Record<WrappedPort, Readonly<Record<string, CallKind>>>;

type MethodOf<Port> = { [Name in keyof Port]-?: Port[Name] extends (...args: never) => unknown ? Name : never }[keyof Port];

/** The calls that change something: `store.update`. */
export const changingCalls: readonly string[] = Object.entries(calls).flatMap(([port, methods]) =>
  Object.entries(methods).flatMap(([method, kind]) => (kind === 'changes' ? [`${port}.${method}`] : [])),
);

/** Who works: a pass, an effect of some kind, or the server itself (its API, its scheduler). And which call is under way. */
type Work = { readonly by: string; readonly call: string | null };

/** Gets the name of every step, such as `roll_back: store.endAttempt, after`. */
export type OnStep = (step: string) => void;

/**
 * Makes steps of the calls of all ports: before and after each call that changes something, and before its transaction commits. So a new method of a port,
 * and a new effect, has its steps without any further code.
 */
export function createStepper(onStep: OnStep): PortWrapper {
  const works = new AsyncLocalStorage<Work>();
  const current = () => works.getStore() ?? { by: 'server', call: null };
  stepAtCommits(() => {
    const { by, call } = current();
    if (call !== null) onStep(`${by}: ${call}, before commit`);
  });
  const step = async (call: string, args: readonly unknown[], run: () => unknown) => {
    const by = workerOf(call, args) ?? current().by;
    return await works.run({ by, call }, async () => {
      onStep(`${by}: ${call}, before`);
      const result = await run();
      onStep(`${by}: ${call}, after`);
      return result;
    });
  };
  return (kind, port) =>
    new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        const call = `${kind}.${String(name)}`;
        return changingCalls.includes(call)
          ? (...args: unknown[]) => step(call, args, () => method.apply(target, args))
          : method.bind(target);
      },
    });
}

function workerOf(call: string, [first]: readonly unknown[]): string | null {
  if (call === 'passes.run') return 'pass';
  if (!call.startsWith('effects.') || typeof first !== 'object' || first === null || !('kind' in first)) return null;
  return call === 'effects.gaveUp' ? `${first.kind} given up` : String(first.kind);
}

function stepAtCommits(onCommit: () => void): void {
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: unknown, ...args: unknown[]) {
    if (args[0] === 'commit') onCommit();
    return Reflect.apply(query, this, args);
  };
}
