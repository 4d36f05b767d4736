import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramCall } from './fake-program.ts';

/**
 * A fake of `sh` that knows one script: the one by which the hook `deployer` reads a host. It prints what that script prints. `deployer.real.test.ts` holds
 * the script to the same contract with a real shell.
 */
export function fakeHostShell({ args, print, complain }: ProgramCall): number {
  const path = args.at(-1) ?? '';
  if (!existsSync(path)) {
    complain(`sh: cd: can't cd to ${path}`);
    return 66;
  }
  const at = (...parts: readonly string[]) => join(path, ...parts);
  const firstLine = (file: string) => (existsSync(file) ? (readFileSync(file, 'utf8').split('\n', 1)[0] ?? '') : '');
  print(`current\t${existsSync(at('current')) ? readlinkSync(at('current')) : ''}`);
  if (existsSync(at('.dep/deploy.lock'))) print(`lock\t${firstLine(at('.dep/deploy.lock'))}`);
  for (const name of existsSync(at('releases')) ? readdirSync(at('releases')).toSorted() : []) {
    const isBad = existsSync(at('releases', name, 'BAD_RELEASE'));
    print(`release\t${name}\t${isBad ? 'bad' : ''}\t${firstLine(at('releases', name, 'REVISION'))}`);
  }
  for (const log of ['releases', 'releases_log']) {
    if (!existsSync(at('.dep', log))) continue;
    const lines = readFileSync(at('.dep', log), 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(-200)) print(`${log}\t${line}`);
  }
  return 0;
}
