import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The pages and folders that show `release-switch` and `bakewatch-forced`. */
export const scriptSources = ['docs/how-to/roll-back-with-ssh.md', 'examples/django-vm/vm'] as const;

/** Valid versions that a shell may change. Bakewatch puts the last ones in quotes. */
export const oddVersions = ['v1~rc1', 'v1.2+build=7', '2:1.0-3~bpo12', 'a@b', 'v1=~x', 'v1:~root'];

/**
 * Makes a folder with the documented scripts and with the releases v1, v2 (current) and more. Its `sudo` counts the restarts in the file `restarts`.
 */
export function documentedSwitch(source: (typeof scriptSources)[number], more: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-switch-'));
  for (const version of ['v1', 'v2', ...more]) mkdirSync(join(folder, 'releases', version), { recursive: true });
  symlinkSync('releases/v2', join(folder, 'current'));
  writeFileSync(join(folder, 'sudo'), `#!/bin/sh\n[ "$2" = -l ] || echo "$*" >> ${folder}/restarts\n`, { mode: 0o755 });
  for (const name of ['release-switch', 'bakewatch-forced'])
    writeFileSync(join(folder, name), settled(scriptOf(source, name), folder), { mode: 0o755 });
  return folder;
}

function scriptOf(source: (typeof scriptSources)[number], name: string): string {
  if (!source.endsWith('.md')) return readFileSync(join(source, name), 'utf8');
  const blocks = [...readFileSync(source, 'utf8').matchAll(/```sh\n(#!\/bin\/sh\n[\s\S]*?)```/g)].map(([, script = '']) => script);
  return blocks.find((script) => script.includes(`# /usr/local/bin/${name}`)) ?? '';
}

/** Uses the folder instead of the paths of a real machine. */
function settled(script: string, folder: string): string {
  return script
    .replaceAll(/"\$\{SHOP_ROOT:-\/srv\/shop\}"|\/srv\/shop/g, folder)
    .replaceAll('/usr/local/bin', folder)
    .replaceAll(/\bsudo -n/g, `${folder}/sudo -n`);
}
