import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Behavior } from '../contracts/hook.ts';

/** A host as Deployer keeps it, and a program that behaves as Deployer 7.5.12 or 6.9.0 was seen to behave, and does no more. */
export type FakeDeployer = {
  readonly folder: string;
  readonly deployPath: string;
  readonly recipe: string;
  /** The stand-in for Deployer itself. */
  readonly dep: string;
  /** Deploys a tag, branch or commit, as the next release. */
  deploy(target: string, rest?: { readonly name?: string; readonly revision?: string }): void;
  /** Cleans a release up, by what was deployed. */
  forget(target: string): void;
  /** Makes a release the one that runs, by its name. */
  link(name: string): void;
  /** The name of the release that runs. */
  current(): string;
  /** What was deployed as the release that runs. */
  running(): string;
  fingerprintOf(target: string): string;
  behave(behavior: Behavior): void;
  /** The candidates that the stand-in was told to go back to, as what was deployed; empty where it was told none. */
  asked(): readonly string[];
  remove(): void;
};

type Noted = { readonly name: string; readonly target: string; readonly createdAt: string };

export function createFakeDeployer(version: '6.9.0' | '7.5.12', secret: string): FakeDeployer {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-deployer-'));
  const at = (...path: readonly string[]) => join(folder, ...path);
  for (const path of ['app/releases', 'app/.dep']) mkdirSync(at(path), { recursive: true });
  writeFileSync(at('deploy.php'), '<?php\n');
  writeFileSync(at('dep'), script(folder, version, secret), { mode: 0o755 });
  writeFileSync(at('behavior'), 'works');
  const notes: Noted[] = [];
  const noted = (target: string) => notes.findLast((each) => each.target === target);
  const link = (name: string) => {
    rmSync(at('app/current'), { force: true });
    symlinkSync(version === '6.9.0' ? at('app/releases', name) : `releases/${name}`, at('app/current'));
  };
  const current = () => basename(readlinkSync(at('app/current')));
  return {
    folder,
    deployPath: at('app'),
    recipe: at('deploy.php'),
    dep: at('dep'),
    deploy(target, { name = String(notes.length + 1), revision } = {}) {
      const createdAt = `2026-11-21T09:${String(notes.length + 10)}:00+0000`;
      notes.push({ name, target, createdAt });
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
    forget: (target) => rmSync(at('app/releases', noted(target)?.name ?? '?'), { recursive: true }),
    link,
    current,
    running: () => notes.findLast(({ name }) => name === current())?.target ?? '',
    fingerprintOf(target) {
      const { name, createdAt } = noted(target) ?? { name: '?', createdAt: '?' };
      return `release ${name} (${target}) of ${createdAt}`;
    },
    behave(behavior) {
      if (existsSync(at('away'))) renameSync(at('away'), at('app'));
      if (behavior === 'mute') renameSync(at('app'), at('away'));
      writeFileSync(at('behavior'), behavior);
    },
    asked() {
      const lines = existsSync(at('asked')) ? readFileSync(at('asked'), 'utf8').split('\n').slice(0, -1) : [];
      return lines.map((line) => notes.findLast(({ name }) => name === line)?.target ?? line);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const script = (folder: string, version: string, secret: string) => `#!/bin/sh
say() { printf '%s\\n' "$*"; }
if [ "$1" = --version ]; then say "Deployer ${version}"; exit; fi
if [ "$1" != rollback ]; then say "  Command \\"$1\\" is not defined.  "; exit 1; fi
shift
candidate=
recipe=
while [ $# -gt 0 ]; do
  case "$1" in
    -f) recipe=$2; shift ;;
    --option=rollback_candidate=*) candidate=\${1#--option=rollback_candidate=} ;;
    --*) ;;
    *) selector=$1 ;;
  esac
  shift
done
if [ "$recipe" != ${folder}/deploy.php ]; then say '  Command "rollback" is not defined.  '; exit 1; fi
say "$candidate" >> ${folder}/asked
behavior=$(cat ${folder}/behavior)
case "$behavior" in
  fails) say "${secret}"; say "ERROR: Task rollback failed!"; exit 255 ;;
  lies) say "Rollback aborted."; exit 0 ;;
  hangs) say 'working on it'; exec sleep 30 ;;
  lost) say "[prod] err ssh: connect to host prod port 22: Connection refused"; say "[prod] exit code -1 (Unknown error)"; exit 255 ;;
esac
if [ "$selector" != prod ]; then printf '\\n  No host selected. Please, check your selector:  \\n\\n      %s  \\n' "$selector"; exit 1; fi
cd ${folder}/app || exit 1
${version === '6.9.0' ? backSix : backSeven}
[ "$behavior" != 'mute afterwards' ] || mv ${folder}/app ${folder}/away
`;

const backSix = `say "Executing task rollback"
newest= before=
for name in $(cut -d, -f2 .dep/releases | sed -n '1!G;h;$p'); do
  [ -d "releases/$name" ] && [ "$name" != "$newest" ] || continue
  if [ -z "$newest" ]; then newest=$name; else before=$name; break; fi
done
if [ -z "$before" ]; then say "No more releases you can revert to."; say Ok; exit 0; fi
ln -sfn "$PWD/releases/$before" current
rm -rf "releases/$newest"
say Ok`;

const backSeven = `current=$(basename "$(readlink current)")
say "[prod] Current release is $current."
if [ ! -d "releases/$candidate" ]; then
  say "[prod]  RuntimeException  in rollback.php on line 71:"
  say "[prod]   Release \\"$candidate\\" not found in \\"$PWD/releases\\"."
  printf '\\033[37;41mERROR: Task rollback failed!\\033[39;49m\\n'
  exit 255
fi
if [ -f "releases/$candidate/BAD_RELEASE" ]; then
  say "[prod] Candidate $candidate marked as bad release."
  say "[prod] Rollback aborted."
  exit 0
fi
say "[prod] Rolling back to $candidate release."
ln -sfn "releases/$candidate" current
echo "2026-11-21T09:24:03+0000,me" > "releases/$current/BAD_RELEASE"
say "[prod] rollback to release $candidate was successful"`;
