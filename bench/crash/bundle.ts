import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** In the repository, and outside of `node_modules`: the server finds its migrations, its assets and other packages by the next `package.json` above. */
const folder = join(import.meta.dirname, '..', '..', '.data');

/** Bundles the server, as the published package does, and returns its program: it starts with half of the processor time. */
export async function bundleServer(): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const [written, program] = [join(folder, `crash-server-${process.pid}.mjs`), join(folder, 'crash-server.mjs')];
  await build({
    entryPoints: [join(import.meta.dirname, 'server.ts')],
    outfile: written,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  renameSync(written, program);
  return program;
}
