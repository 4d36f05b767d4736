import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behavior } from '../contracts/hook.ts';

type State = {
  revisions: { number: number; hash: string; image: string }[];
  generation: number;
  observed: number;
  current: string;
  stable: string;
  aborted: boolean;
  /** A canary waits for people in the middle. */
  pauses: boolean;
  available: number;
  /** How many generations the controller is behind after a change. */
  lag: number;
  /** Fields of `spec` to set. */
  spec: Readonly<Record<string, unknown>>;
};

/**
 * Stand-ins for kubectl and its plugin for Argo Rollouts, with one Rollout called `shop` and its controller. They answer as the documentation and
 * the source of Argo Rollouts 1.8 say: no real cluster is behind them.
 */
export type FakeArgo = {
  readonly kubectl: string;
  readonly plugin: string;
  /** Rolls an image out to the end, or only begins to. */
  deploy(image: string, rest?: { readonly isHalfway?: boolean }): void;
  state(): State;
  set(state: Partial<State>): void;
  fingerprintOf(image: string): string;
  running(): string;
  /** The commands that the plugin was given, such as `undo --to-revision=1`, and the images that they went to. */
  commands(): readonly string[];
  asked(): readonly string[];
  behave(behavior: Behavior): void;
  remove(): void;
};

export function createFakeArgo(secret: string): FakeArgo {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-argo-'));
  const at = (name: string) => join(folder, name);
  const lines = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8').split('\n').slice(0, -1) : []);
  const state = (): State => JSON.parse(readFileSync(at('state'), 'utf8'));
  const set = (changes: Partial<State>) => writeFileSync(at('state'), JSON.stringify({ ...state(), ...changes }));
  const start: State = {
    revisions: [],
    generation: 0,
    observed: 0,
    current: '',
    stable: '',
    aborted: false,
    pauses: false,
    available: 2,
    lag: 0,
    spec: {},
  };
  writeFileSync(at('state'), JSON.stringify(start));
  writeFileSync(at('behavior'), 'works');
  writeFileSync(at('argo.mjs'), program(folder, secret));
  for (const name of ['kubectl', 'plugin']) {
    writeFileSync(at(name), `#!/bin/sh\nexec '${process.execPath}' ${at('argo.mjs')} ${name} "$@"\n`, { mode: 0o755 });
  }
  return {
    kubectl: at('kubectl'),
    plugin: at('plugin'),
    deploy(image, { isHalfway = false } = {}) {
      const { revisions, generation, stable } = state();
      const number = Math.max(0, ...revisions.map((each) => each.number)) + 1;
      const hash = `5f7cd8b${number}`;
      const next = { revisions: [...revisions, { number, hash, image }], generation: generation + 1, observed: generation + 1 };
      set({ ...next, current: hash, stable: isHalfway ? stable : hash, aborted: false });
    },
    state,
    set,
    fingerprintOf: (image) => `shop:${image} (pods ${state().revisions.findLast((each) => each.image === image)?.hash})`,
    running() {
      const { revisions, current, stable, aborted } = state();
      return revisions.find(({ hash }) => hash === (aborted ? stable : current))?.image ?? '';
    },
    commands: () => lines('commands'),
    asked: () => lines('asked'),
    behave: (behavior) => writeFileSync(at('behavior'), behavior),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const program = (folder: string, secret: string) => `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const file = (name) => '${folder}/' + name;
const [who, ...args] = process.argv.slice(2);
const behavior = readFileSync(file('behavior'), 'utf8');
const state = JSON.parse(readFileSync(file('state'), 'utf8'));
const save = (changes) => writeFileSync(file('state'), JSON.stringify({ ...state, ...changes }));
const fail = (words) => { console.error(words); process.exit(1); };
const [verb] = args.filter((arg) => !arg.startsWith('--'));
const rest = args.slice(args.indexOf(verb) + 1).filter((arg) => arg !== '--');
const owners = [{ uid: 'u1', controller: true }];
if (who === 'kubectl') {
  // A controller that lags sees a change a little later than those who ask.
  if (state.observed < state.generation && state.lag > 0) save({ observed: state.observed + 1 });
  const isDown = behavior === 'mute' || (behavior === 'mute afterwards' && existsSync(file('asked')));
  if (isDown) fail('The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?');
  if (verb === 'auth') console.log('yes');
  else if (rest.at(-1) === 'replicasets.apps') {
    const items = state.revisions.map(({ number, hash, image }) => ({
      metadata: { labels: { app: 'shop', 'rollouts-pod-template-hash': hash }, annotations: { 'rollout.argoproj.io/revision': String(number) }, ownerReferences: owners },
      spec: { template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'shop', image: 'shop:' + image }] } } },
    }));
    console.log(JSON.stringify({ items }));
  } else if (rest.at(-1) !== 'rollouts.argoproj.io/shop') fail('Error from server (NotFound): rollouts.argoproj.io "x" not found');
  else {
    const { generation, observed, current, stable, aborted, available } = state;
    const phase = aborted ? 'Degraded' : current === stable ? 'Healthy' : 'Paused';
    const message = aborted ? 'RolloutAborted: Rollout aborted update to revision 2' : current === stable ? undefined : 'CanaryPauseStep';
    const status = { observedGeneration: String(observed), currentPodHash: current, stableRS: stable, phase, message, availableReplicas: available };
    const abort = aborted ? { abort: true, abortedAt: '2026-11-21T10:00:00Z' } : {};
    const spec = { replicas: 2, selector: { matchLabels: { app: 'shop' } }, ...state.spec };
    console.log(JSON.stringify({ metadata: { uid: 'u1', generation }, spec, status: { ...status, ...abort } }));
  }
  process.exit();
}
if (verb === 'version') { console.log('kubectl-argo-rollouts: v1.8.3'); process.exit(); }
appendFileSync(file('commands'), [verb, ...rest].join(' ') + '\\n');
if (verb === 'promote') {
  save({ stable: state.current });
  console.log("rollout 'shop' fully promoted");
  process.exit();
}
const number = Number(rest.find((arg) => arg.startsWith('--to-revision='))?.slice(14));
const target = state.revisions.find((each) => (verb === 'abort' ? each.hash === state.stable : each.number === number));
if (!target) fail('Error: unable to find specified revision ' + number + ' in history');
appendFileSync(file('asked'), target.image + '\\n');
if (behavior === 'fails') fail('Error: failed restoring revision: ${secret}');
if (behavior === 'hangs') console.log('working on it');
if (behavior === 'hangs') await new Promise((resolve) => setTimeout(resolve, 30_000));
if (behavior !== 'lies' && verb === 'abort') save({ aborted: true });
if (behavior !== 'lies' && verb === 'undo') {
  const newest = Math.max(...state.revisions.map((each) => each.number)) + 1;
  const revisions = state.revisions.map((each) => (each === target ? { ...each, number: newest } : each));
  const stable = state.pauses ? state.stable : target.hash;
  const generation = state.generation + 1;
  save({ revisions, current: target.hash, stable, aborted: false, generation, observed: generation - state.lag });
}
console.log(verb === 'abort' ? "rollout 'shop' aborted" : "rollout 'shop' undo");
`;
