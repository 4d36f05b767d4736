import packageJson from '../package.json' with { type: 'json' };

/** A package that is published: its manifest, and what is built for it. */
export type PublishedPackage = {
  readonly name: string;
  /** The source of the command. */
  readonly main: string;
  /** Packages that are installed with it. All others are bundled into its files; `null`: none is bundled. */
  readonly external: readonly string[] | null;
  /** Files and folders that are copied as they are, from the root. */
  readonly copies: readonly string[];
  readonly manifest: Readonly<Record<string, unknown>>;
};

const { version, license, engines, dependencies, optionalDependencies } = packageJson;
const client = { types: './dist/client.d.ts', default: './dist/client.js' };
const common = { version, license, type: 'module', engines, bin: { bakewatch: 'dist/main.js' } };

/** The two packages. */
export const publishedPackages: readonly PublishedPackage[] = [
  {
    name: 'bakewatch',
    main: 'src/main.ts',
    external: null,
    copies: ['drizzle', 'src/web/assets', 'examples/demo', 'docs/schemas', 'docs/reference/openapi.json', 'CHANGELOG.md'],
    manifest: {
      name: 'bakewatch',
      description: packageJson.description,
      ...common,
      exports: {
        './client': client,
        './openapi.json': './docs/reference/openapi.json',
        './schemas/*': './docs/schemas/*',
        './package.json': './package.json',
      },
      files: ['dist', 'drizzle/*.sql', 'drizzle/meta/_journal.json', 'src/web/assets', 'examples', 'docs', 'CHANGELOG.md'],
      dependencies,
      optionalDependencies,
    },
  },
  {
    name: 'bakewatch-cli',
    main: 'src/main-cli.ts',
    external: ['openapi-fetch'],
    copies: [],
    manifest: {
      name: 'bakewatch-cli',
      description: 'The command line of Bakewatch without the server, and a typed client of its HTTP API.',
      ...common,
      exports: {
        '.': client,
        './client': client,
        './package.json': './package.json',
      },
      files: ['dist', 'THIRD-PARTY-LICENSES.txt'],
      dependencies: { 'openapi-fetch': dependencies['openapi-fetch'] },
    },
  },
];

/** Packages that the command line loads only where they are installed: keys of AWS, and pictures of charts. */
export const leftOut = ['@aws-sdk/*', '@resvg/*', 'dejavu-fonts-ttf'];
