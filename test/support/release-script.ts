import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behavior } from '../contracts/hook.ts';

/** A folder with a program that "releases" by writing a version to a file, and can be told to misbehave. */
export type ReleaseScript = {
  readonly folder: string;
  /** Called with `VERSION ORDER`, or `--show`. */
  readonly path: string;
  behave(behavior: Behavior): void;
  running(): string;
  run(release: string): void;
  forget(release: string): void;
  asked(): readonly { readonly version: string; readonly id: string }[];
  remove(): void;
};

const script = (folder: string, secret: string) => `#!/bin/sh
mode=$(cat ${folder}/mode)
if [ "$1" = --show ]; then
  [ "$mode" = mute ] && { echo "no idea" >&2; exit 4; }
  [ "$mode" = 'mute afterwards' ] && [ -s ${folder}/asked ] && exit 4
  cat ${folder}/running
  exit 0
fi
[ $# = 2 ] || { echo "expected 2 arguments, got $#"; exit 64; }
printf '%s\\037%s\\036' "$1" "$2" >> ${folder}/asked
[ "$(cat ${folder}/gone 2>/dev/null)" != "$1" ] || { echo "no release $1"; exit 44; }
case "$mode" in
  fails) echo "cannot log in with ${secret}"; exit 3 ;;
  lies) exit 0 ;;
  hangs) echo 'working on it'; exec sleep 60 ;;
esac
printf '%s\\n' "$1" > ${folder}/running
echo "released"
`;

/** Makes the folder; `secret` is what a failing release prints. */
export function createReleaseScript(secret: string): ReleaseScript {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-release-'));
  const file = (name: string) => join(folder, name);
  writeFileSync(file('release'), script(folder, secret), { mode: 0o755 });
  writeFileSync(file('mode'), 'works');
  return {
    folder,
    path: file('release'),
    behave: (behavior) => writeFileSync(file('mode'), behavior),
    running: () => readFileSync(file('running'), 'utf8').trim(),
    run: (release) => writeFileSync(file('running'), `${release}\n`),
    forget: (release) => writeFileSync(file('gone'), release),
    asked: () => {
      const lines = existsSync(file('asked')) ? readFileSync(file('asked'), 'utf8').split('\x1e').slice(0, -1) : [];
      return lines.map((line) => ({ version: line.split('\x1f')[0] ?? '', id: line.split('\x1f')[1] ?? '' }));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
