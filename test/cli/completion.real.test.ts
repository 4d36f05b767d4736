import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../meta/tree.ts';

/*
 * The scripts of `bakewatch completion`, in the shells that read them. Each shell is asked what follows a beginning of a command line.
 */
type Shell = 'bash' | 'zsh' | 'fish';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-completion-'));
  writeFileSync(join(folder, 'rules.yaml'), '');
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, shell), execFileSync(process.execPath, [join(root, 'src/main.ts'), 'completion', shell]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Why a shell cannot be tried; `null`: it is there. */
function whyNot(shell: Shell): string | null {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0 ? null : `${shell} is not installed`;
}

const words = (text: string) => text.split('\n').filter((line) => line !== '');

/** The words that a shell offers for a line; the cursor is at its end. */
const offers: Readonly<Record<Shell, (line: string) => readonly string[]>> = {
  bash: (line) => {
    const typed = line.split(' ');
    const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bakewatch; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return words(execFileSync('bash', ['--norc', '-c', program, 'bash', join(folder, 'bash'), ...typed], { encoding: 'utf8' }));
  },
  // zsh completes in its line editor alone: here the function runs with words of ours, and the two ways in which it answers are noted.
  zsh: (line) => {
    const program = `compdef() { :; }; source "$1"; shift
      compadd() { shift; print -l -- "$@"; }; _files() { print '(files)'; }
      run() { local -a words=("$@"); local CURRENT=$#; _bakewatch; }; run "$@"`;
    const text = execFileSync('zsh', ['-f', '-c', program, 'zsh', join(folder, 'zsh'), ...line.split(' ')], { encoding: 'utf8' });
    const typed = line.split(' ').at(-1) ?? '';
    return words(text).filter((word) => word !== '(files)' && word.startsWith(typed));
  },
  fish: (line) => {
    const program = `source $argv[1]; complete -C $argv[2]`;
    const text = execFileSync('fish', ['--no-config', '-c', program, join(folder, 'fish'), line], { cwd: folder, encoding: 'utf8' });
    return words(text).map((word) => word.split('\t')[0] ?? '');
  },
};

describe.for<Shell>(['bash', 'zsh', 'fish'])('%s', (shell) => {
  const missing = whyNot(shell);

  test.for([
    { line: 'bakewatch sta', offered: ['status'] },
    { line: 'bakewatch roll', offered: ['roll-forward', 'rollback'] },
    { line: 'bakewatch token r', offered: ['revoke', 'rotate'] },
    { line: 'bakewatch --url http://127.0.0.1:8700 token ro', offered: ['rotate'] },
    { line: 'bakewatch status --sta', offered: ['--state'] },
    { line: 'bakewatch status --state roll', offered: ['rolled_back', 'rolling_back'] },
    { line: 'bakewatch deploy -s status --migrations i', offered: ['irreversible'] },
    { line: 'bakewatch token rotate ci --over', offered: ['--overlap'] },
    { line: 'bakewatch completion z', offered: ['zsh'] },
    { line: 'bakewatch nonsense', offered: [] },
  ])('$line', ({ line, offered }, { skip }) => {
    skip(missing !== null, missing ?? '');
    expect(offers[shell](line).toSorted()).toEqual(offered);
  });
});

test.skipIf(whyNot('bash') !== null)('bash offers files where a file may follow', () => {
  const program = `source "$1"; complete -p bakewatch`;
  const registered = execFileSync('bash', ['--norc', '-c', program, 'bash', join(folder, 'bash')], { encoding: 'utf8' });
  expect(registered).toBe('complete -o default -F _bakewatch bakewatch\n');
  expect(offers.bash('bakewatch check rul')).toEqual([]);
  expect(offers.bash('bakewatch serve --config ba')).toEqual([]);
});
