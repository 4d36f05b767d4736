import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The sources of an older version, which can be run. `entry` is its `src/main.ts`. */
export type OlderVersion = { readonly commit: string; readonly entry: string; readonly remove: () => void };

/** The last commit before the newest migration: the version that runs while the next one is rolled out. `null`: the clone has no such history. */
export function commitBeforeNewestMigration(): string | null {
  try {
    const newest = git('log', '--diff-filter=A', '-1', '--format=%H', '--', 'drizzle/*.sql');
    return git('rev-parse', '--verify', '--quiet', `${newest}^`);
  } catch {
    return null;
  }
}

/** Unpacks a commit next to the packages that it needs: those of this checkout where they are the same, otherwise those of its own lock file. */
export function unpackVersion(commit: string): OlderVersion {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-older-'));
  const tar = execFileSync('git', ['archive', '--format=tar', commit], { cwd: root, maxBuffer: 512 * 1024 ** 2 });
  execFileSync('tar', ['x', '-C', folder], { input: tar });
  const lock = (of: string) => JSON.stringify(JSON.parse(readFileSync(join(of, 'package.json'), 'utf8')).dependencies);
  if (lock(folder) === lock(root)) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  else
    execFileSync('npm', ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: 'pipe',
    });
  return { commit, entry: join(folder, 'src', 'main.ts'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
