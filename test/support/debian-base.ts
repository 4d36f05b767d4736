import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/*
 * A minimal Debian as an image is made of it, from the packages of this machine: what is essential, apt and certificates, without pages for people. No registry
 * of images is needed.
 */
type DebianPackage = {
  readonly name: string;
  readonly isEssential: boolean;
  readonly needs: readonly string[];
  readonly provides: readonly string[];
};

const leftOut = /^\/usr\/share\/(?:doc|man|locale|info|lintian)\//;
/** What packages make when they are installed, and list nowhere. */
const made = [
  ...['/etc/pam.d', '/etc/alternatives', '/etc/ssl/certs', '/etc/ld.so.conf.d'],
  ...[
    '/etc/nsswitch.conf',
    '/etc/apt/sources.list',
    '/etc/apt/sources.list.d/debian.sources',
    '/usr/bin/awk',
    '/var/lib/dpkg/alternatives',
  ],
  ...['/etc/ca-certificates.conf', '/usr/local/share/ca-certificates'],
];

/** Writes `base.tar` (Debian) and `node.tar` (what has Node and npm below /usr/local) into a folder. */
export function writeDebianBase(folder: string): { readonly base: string; readonly node: string } {
  const [base, node, extra] = [join(folder, 'base.tar'), join(folder, 'node.tar'), join(folder, 'extra')];
  const names = withNeeds(installedPackages());
  const listed = execFileSync('dpkg', ['-L', ...names], { encoding: 'utf8', maxBuffer: 64 << 20 }).split('\n');
  const paths = new Set(['/bin', '/sbin', '/lib', '/lib64', '/dev', '/proc', '/sys', '/run', '/tmp', '/root', '/home', '/usr/local/bin']);
  for (const path of [...listed, ...made]) {
    if (!path.startsWith('/') || path === '/.' || leftOut.test(path) || !existsSync(path)) continue;
    // /bin is a link to /usr/bin, and packages list both.
    paths.add(path === '/bin' || dirname(path) === '/' ? path : join(realpathSync(dirname(path)), basename(path)));
  }
  tar(base, '/', [...paths], '--no-recursion');
  const folders = made.filter((path) => existsSync(path) && lstatSync(path).isDirectory());
  appendTo(base, '/', folders);
  mkdirSync(join(extra, 'var/lib/dpkg/info'), { recursive: true });
  mkdirSync(join(extra, 'var/lib/dpkg/updates'), { recursive: true });
  writeFileSync(join(extra, 'var/lib/dpkg/status'), statusOf(names));
  mkdirSync(join(extra, 'etc'), { recursive: true });
  // The users of this machine are none of the image.
  for (const file of ['passwd', 'group']) copyFileSync(`/usr/share/base-passwd/${file}.master`, join(extra, 'etc', file));
  appendTo(base, extra, ['/var', '/etc']);
  appendTo(
    base,
    '/',
    names.flatMap((name) => infoFilesOf(name)),
  );
  mkdirSync(join(extra, 'usr/local/bin'), { recursive: true });
  mkdirSync(join(extra, 'usr/local/lib/node_modules'), { recursive: true });
  execFileSync('cp', [process.execPath, join(extra, 'usr/local/bin/node')]);
  execFileSync('cp', ['-a', dirname(dirname(realpathSync(programNamed('npm')))), join(extra, 'usr/local/lib/node_modules/npm')]);
  execFileSync('ln', ['-sf', '../lib/node_modules/npm/bin/npm-cli.js', join(extra, 'usr/local/bin/npm')]);
  tar(node, extra, ['/usr']);
  return { base, node };
}

function programNamed(name: string): string {
  return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
}

function tar(file: string, from: string, paths: readonly string[], ...options: readonly string[]): void {
  const input = paths.map((path) => path.slice(1)).join('\n');
  execFileSync('tar', ['-c', '-f', file, '-C', from, ...options, '-T', '-'], { input, maxBuffer: 64 << 20 });
}

function appendTo(file: string, from: string, paths: readonly string[]): void {
  execFileSync('tar', ['-r', '-f', file, '-C', from, '-T', '-'], { input: paths.map((path) => path.slice(1)).join('\n') });
}

/** The packages that are essential, apt and certificates, with all that they need. */
function withNeeds(packages: readonly DebianPackage[]): readonly string[] {
  const byName = new Map(packages.map((one) => [one.name, one]));
  const providers = new Map(packages.flatMap(({ name, provides }) => provides.map((virtual) => [virtual, name] as const)));
  const wanted = new Set<string>();
  const add = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const alternatives of byName.get(name)?.needs ?? []) {
      const names = alternatives.split('|').map((one) => one.trim().split(/[ :]/)[0] ?? '');
      const found = names.find((one) => byName.has(one)) ?? names.map((one) => providers.get(one)).find((one) => one !== undefined);
      if (found !== undefined) add(found);
    }
  };
  for (const { name, isEssential } of packages) if (isEssential || name === 'apt' || name === 'ca-certificates') add(name);
  return [...wanted];
}

function installedPackages(): readonly DebianPackage[] {
  const format = ['Package', 'Essential', 'Pre-Depends', 'Depends', 'Provides', 'db:Status-Status']
    .map((field) => `\${${field}}`)
    .join('\\t');
  const rows = execFileSync('dpkg-query', ['-W', '-f', `${format}\\n`], { encoding: 'utf8', maxBuffer: 64 << 20 }).split('\n');
  return rows.flatMap((row) => {
    const [name = '', essential = '', early = '', late = '', provides = '', status] = row.split('\t');
    if (status !== 'installed') return [];
    const list = (text: string) => text.split(',').filter((one) => one.trim() !== '');
    return [
      {
        name,
        isEssential: essential === 'yes',
        needs: [...list(early), ...list(late)],
        provides: list(provides).map((one) => one.trim().split(' ')[0] ?? ''),
      },
    ];
  });
}

function statusOf(names: readonly string[]): string {
  const wanted = new Set(names);
  const blocks = readFileSync('/var/lib/dpkg/status', 'utf8').split('\n\n');
  return `${blocks.filter((block) => wanted.has(/^Package: (.+)$/m.exec(block)?.[1] ?? '')).join('\n\n')}\n\n`;
}

const info = '/var/lib/dpkg/info';
function infoFilesOf(name: string): readonly string[] {
  const files = execFileSync('sh', ['-c', `ls ${info}/${name}.* ${info}/${name}:*.* 2>/dev/null || true`], { encoding: 'utf8' });
  return files.split('\n').filter((file) => file !== '');
}
