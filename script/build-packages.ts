import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile, type Plugin } from 'esbuild';
import { checkPackages } from './check-packages.ts';
import { leftOut, type PublishedPackage, publishedPackages } from './package-manifests.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const target = resolve(process.argv[2] ?? 'dist');

/** Builds a package in a folder. */
async function buildPackage({ name, main, external, copies, manifest }: PublishedPackage, folder: string): Promise<void> {
  const { metafile } = await bundle({ main, external, outdir: join(folder, 'dist') });
  await Promise.all([
    ...copies.map((path) => cp(join(root, path), join(folder, path), { recursive: true })),
    cp(join(root, 'LICENSE'), join(folder, 'LICENSE')),
    cp(join(root, 'script', 'package-readmes', `${name}.md`), join(folder, 'README.md')),
    writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`),
    ...(external === null ? [] : [writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await thirdPartyLicenses(root, inputsOf(metafile)))]),
  ]);
}

function bundle({ main, external, outdir }: Pick<PublishedPackage, 'main' | 'external'> & { readonly outdir: string }) {
  return build({
    absWorkingDir: root,
    entryPoints: { main, client: 'src/client/index.ts', ...(external === null && { 'replay-worker': 'src/app/replay-worker.ts' }) },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.19',
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    logLevel: 'warning',
    // The command line alone is kept small. The server keeps its lines, for stack traces.
    minify: external !== null,
    legalComments: external === null ? 'inline' : 'none',
    ...(external === null
      ? { packages: 'external' }
      : { external: [...external, ...leftOut], banner: { js: requireBanner }, plugins: [englishOnly] }),
  });
}

/** zod brings its messages in fifty languages, a tenth of the bundle. We set none of them, so that English is all that is used. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export { default as en } from './en.js';" }));
  },
};

/** Bundled CommonJS packages call `require` for modules of Node, which ES modules do not have. */
const requireBanner = "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);";

function inputsOf({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
}

/** The declarations of the client, by the compiler. */
async function declareClient(folder: string): Promise<void> {
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--rootDir', 'src/client', '--outDir', folder];
  const shared = ['--ignoreConfig', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom', '--strict', '--skipLibCheck'];
  await run(join(root, 'node_modules/.bin/tsc'), ['src/client/index.ts', ...options, ...shared, '--rewriteRelativeImportExtensions'], {
    cwd: root,
  });
  // The types of the API are deep: with tabs instead of four spaces they take a third less.
  const types = join(folder, 'api-types.d.ts');
  const text = await readFile(types, 'utf8');
  await writeFile(
    types,
    text.replaceAll(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4)),
  );
}

async function pack(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target], { cwd: folder });
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[]; // What npm documents.
  return join(target, packed?.filename ?? '');
}

const work = await mkdtemp(join(tmpdir(), 'bakewatch-packages-'));
try {
  await mkdir(target, { recursive: true });
  const declared = declareClient(join(work, 'types'));
  const tarballs = await Promise.all(
    publishedPackages.map(async (one) => {
      const folder = join(work, one.name);
      await Promise.all([declared, buildPackage(one, folder)]);
      await cp(join(work, 'types', 'index.d.ts'), join(folder, 'dist', 'client.d.ts'));
      await cp(join(work, 'types', 'api-types.d.ts'), join(folder, 'dist', 'api-types.d.ts'));
      return await pack(folder);
    }),
  );
  const problems = await checkPackages(await Promise.all(tarballs.map((tarball) => readFile(tarball))));
  for (const problem of problems) console.error(problem);
  for (const tarball of tarballs) console.log(tarball);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
}
