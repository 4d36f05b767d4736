import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behavior } from '../contracts/hook.ts';

type Entry = { revision: number; status: string; chart: string; app_version: string; description: string; rollback_revision?: number };

/** A stand-in for Helm 3 with one release called `shop`, which answers as Helm's source says: no real cluster is behind it. */
export type FakeHelm = {
  readonly program: string;
  deploy(appVersion: string): void;
  history(): readonly Entry[];
  set(history: readonly Entry[]): void;
  /** What `rollback` was told: its revision as the app version of that. */
  asked(): readonly string[];
  /** The arguments of every call. */
  calls(): readonly (readonly string[])[];
  behave(behavior: Behavior | 'unreachable midway' | 'forbidden midway'): void;
  remove(): void;
};

export function createFakeHelm(secret: string): FakeHelm {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-helm-'));
  const at = (name: string) => join(folder, name);
  const lines = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8').split('\n').slice(0, -1) : []);
  const history = (): readonly Entry[] => JSON.parse(readFileSync(at('history'), 'utf8'));
  const set = (entries: readonly Entry[]) => writeFileSync(at('history'), JSON.stringify(entries));
  set([]);
  writeFileSync(at('behavior'), 'works');
  writeFileSync(at('helm.mjs'), program(folder, secret));
  writeFileSync(at('helm'), `#!/bin/sh\nexec '${process.execPath}' ${at('helm.mjs')} "$@"\n`, { mode: 0o755 });
  return {
    program: at('helm'),
    deploy(appVersion) {
      const older = history().map((entry) => (entry.status === 'deployed' ? { ...entry, status: 'superseded' } : entry));
      const revision = (older.at(-1)?.revision ?? 0) + 1;
      set([...older, { revision, status: 'deployed', chart: 'shop-1.4.0', app_version: appVersion, description: 'Upgrade complete' }]);
    },
    history,
    set,
    asked: () => lines('asked'),
    calls: () => lines('calls').map((line): string[] => JSON.parse(line)),
    behave: (behavior) => writeFileSync(at('behavior'), behavior),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const program = (folder: string, secret: string) => `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const file = (name) => '${folder}/' + name;
const args = process.argv.slice(2);
appendFileSync(file('calls'), JSON.stringify(args) + '\\n');
const behavior = readFileSync(file('behavior'), 'utf8');
const history = JSON.parse(readFileSync(file('history'), 'utf8'));
const fail = (words) => { console.error('Error: ' + words); process.exit(1); };
const context = args.find((arg) => arg.startsWith('--kube-context='))?.slice(15);
if (context !== 'test') fail('Kubernetes cluster unreachable: context "' + context + '" does not exist');
const isDown = behavior === 'mute' || (behavior === 'mute afterwards' && existsSync(file('asked')));
if (isDown) fail('Kubernetes cluster unreachable: Get "https://127.0.0.1:6443/version": dial tcp 127.0.0.1:6443: connect: connection refused');
const [verb] = args.filter((arg) => !arg.startsWith('--'));
const [name, number] = args.slice(args.indexOf('--') + 1);
if (name !== 'shop') fail('release: not found');
if (verb === 'history') { console.log(JSON.stringify(history)); process.exit(); }
const target = history.find(({ revision }) => revision === Number(number));
if (!target) fail('release has no ' + number + ' version');
appendFileSync(file('asked'), target.app_version + '\\n');
if (behavior === 'fails') fail('failed to create resource: ${secret}');
if (behavior === 'unreachable midway') fail('Patch "https://10.0.0.1/apis/apps/v1": dial tcp 10.0.0.1:443: connect: connection refused');
if (behavior === 'forbidden midway') fail('could not get information about the resource: deployments.apps "shop" is forbidden: User "x" cannot get');
if (behavior === 'hangs') console.log('working on it');
if (behavior === 'hangs') await new Promise((resolve) => setTimeout(resolve, 30_000));
if (behavior !== 'lies') {
  const superseded = history.map((entry) => (entry.status === 'deployed' ? { ...entry, status: 'superseded' } : entry));
  const revision = history.at(-1).revision + 1;
  const rolled = { ...target, revision, status: 'deployed', description: 'Rollback to ' + number };
  writeFileSync(file('history'), JSON.stringify([...superseded, rolled]));
}
console.log('Rollback was a success! Happy Helming!');
`;
