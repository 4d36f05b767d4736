import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behavior } from '../contracts/hook.ts';

/** A folder with a shell script that "deploys" by writing a version to a file. */
export type ReleaseScript = {
  readonly folder: string;
  /** The script. Its arguments are `VERSION ORDER` or `--show`. */
  readonly path: string;
  behave(behavior: Behavior): void;
  running(): string;
  deploy(release: string): void;
  removeRelease(release: string): void;
  received(): readonly { readonly version: string; readonly id: string }[];
  remove(): void;
};

const script = (folder: string, secret: string) => `#!/bin/sh
mode=$(cat ${folder}/mode)
if [ "$1" = --show ]; then
  [ "$mode" = unreadable ] && { echo "no idea" >&2; exit 4; }
  [ "$mode" = 'unreadable after the action' ] && [ -s ${folder}/received ] && exit 4
  cat ${folder}/running
  exit 0
fi
[ $# = 2 ] || { echo "expected 2 arguments, got $#"; exit 64; }
printf '%s\\037%s\\036' "$1" "$2" >> ${folder}/received
[ "$(cat ${folder}/gone 2>/dev/null)" != "$1" ] || { echo "no release $1"; exit 44; }
case "$mode" in
  fails) echo "cannot log in with ${secret}"; exit 3 ;;
  lies) exit 0 ;;
  hangs) echo 'working on it'; exec sleep 60 ;;
esac
printf '%s\\n' "$1" > ${folder}/running
echo "released"
`;

/** Creates the folder. A failing script prints `secret`. */
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
    deploy: (release) => writeFileSync(file('running'), `${release}\n`),
    removeRelease: (release) => writeFileSync(file('gone'), release),
    received: () => {
      const lines = existsSync(file('received')) ? readFileSync(file('received'), 'utf8').split('\x1e').slice(0, -1) : [];
      return lines.map((line) => ({ version: line.split('\x1f')[0] ?? '', id: line.split('\x1f')[1] ?? '' }));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
