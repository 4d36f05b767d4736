import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Behavior } from '../contracts/hook.ts';
import { fakeDep } from './fake-dep.ts';
import { fakeHostShell } from './fake-host-shell.ts';
import type { FakeProgram } from './fake-program.ts';

/** `loses a host on the way`: after the first host is rolled back. */
export type DeployerBehavior = Behavior | 'loses the connection' | 'loses a host on the way' | 'has the wrong host key' | 'lacks curl';

/** A host with the files that Deployer keeps there, and a fake of Deployer 7.5.12 or 6.9.0, which behaves as the real one was observed to behave. */
export type FakeDeployer = {
  readonly folder: string;
  readonly deployPath: string;
  readonly recipe: string;
  /** `dep` is Deployer; `sh` is the shell of the host, for tests that run no real one. */
  readonly programs: { readonly dep: FakeProgram; readonly sh: FakeProgram };
  /** Deploys a tag, branch or commit as the next release. */
  deploy(target: string, rest?: { readonly name?: string; readonly revision?: string }): void;
  /** Deletes a release. */
  removeRelease(target: string): void;
  /** Makes the release with this name the current one. */
  link(name: string): void;
  /** The name of the current release. */
  current(): string;
  /** The tag, branch or commit of the current release. */
  running(): string;
  fingerprintOf(target: string): string;
  behave(behavior: DeployerBehavior): void;
  /** Adds another host to the recipe, whose own host is `prod`. */
  addHost(alias: string, deployPath: string): void;
  /** The targets of the rollbacks that Deployer was ordered to do; empty if an order named none. */
  received(): readonly string[];
  remove(): void;
};

type DeployedRelease = { readonly name: string; readonly target: string; readonly createdAt: string };

export function createFakeDeployer(version: '6.9.0' | '7.5.12', secret: string): FakeDeployer {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-deployer-'));
  const at = (...path: readonly string[]) => join(folder, ...path);
  for (const path of ['app/releases', 'app/.dep']) mkdirSync(at(path), { recursive: true });
  writeFileSync(at('deploy.php'), '<?php\n');
  const deploys: DeployedRelease[] = [];
  const candidates: string[] = [];
  let behavior: DeployerBehavior = 'works';
  const find = (target: string) => deploys.findLast((each) => each.target === target);
  const link = (name: string) => {
    rmSync(at('app/current'), { force: true });
    symlinkSync(version === '6.9.0' ? at('app/releases', name) : `releases/${name}`, at('app/current'));
  };
  const current = () => basename(readlinkSync(at('app/current')));
  const hosts = new Map([['prod', at('app')]]);
  const dep = fakeDep({
    version,
    secret,
    recipe: at('deploy.php'),
    hosts: () => hosts,
    behavior: () => behavior,
    receive: (candidate) => void candidates.push(candidate),
  });
  return {
    folder,
    deployPath: at('app'),
    recipe: at('deploy.php'),
    programs: { dep, sh: fakeHostShell },
    deploy(target, { name = String(deploys.length + 1), revision } = {}) {
      const createdAt = `2026-11-21T09:${String(deploys.length + 10)}:00+0000`;
      deploys.push({ name, target, createdAt });
      mkdirSync(at('app/releases', name));
      if (revision !== undefined) writeFileSync(at('app/releases', name, 'REVISION'), `${revision}\n`);
      if (version === '6.9.0') appendFileSync(at('app/.dep/releases'), `${createdAt.replace(/\D/g, '').slice(0, 14)},${name}\n`);
      else
        appendFileSync(
          at('app/.dep/releases_log'),
          `${JSON.stringify({ created_at: createdAt, release_name: name, user: 'me', target })}\n`,
        );
      link(name);
    },
    removeRelease: (target) => rmSync(at('app/releases', find(target)?.name ?? '?'), { recursive: true }),
    link,
    current,
    running: () => deploys.findLast(({ name }) => name === current())?.target ?? '',
    fingerprintOf(target) {
      const { name, createdAt } = find(target) ?? { name: '?', createdAt: '?' };
      return `release ${name} (${target}) of ${createdAt}`;
    },
    behave(next) {
      if (existsSync(at('away'))) renameSync(at('away'), at('app'));
      if (next === 'unreadable') renameSync(at('app'), at('away'));
      behavior = next;
    },
    addHost: (alias, path) => void hosts.set(alias, path),
    received: () => candidates.map((candidate) => deploys.findLast(({ name }) => name === candidate)?.target ?? candidate),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
