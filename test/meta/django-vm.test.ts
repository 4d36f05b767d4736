import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { read, root } from './tree.ts';

const place = join(root, 'examples/django-vm');

describe('the Django site on one machine', () => {
  test('the key may run what the rules and the hook ask for, and nothing else', () => {
    const forced = (asked: string) =>
      spawnSync('/bin/sh', [join(place, 'vm/bakewatch-forced')], {
        encoding: 'utf8',
        env: { PATH: '/nowhere', SSH_ORIGINAL_COMMAND: asked },
      });
    expect(read('examples/django-vm/rules/shop.yaml')).toContain('command: [systemctl, is-active, --quiet, gunicorn]');
    expect(forced('systemctl is-active --quiet gunicorn').stderr).toMatch(/systemctl: not found/);
    expect(forced('release-switch v1').stderr).toMatch(/release-switch: not found/);
    for (const asked of ['systemctl stop gunicorn', 'release-switch v1 v2', 'sh', '']) expect(forced(asked)).toMatchObject({ status: 77 });
  });

  describe('its release switch', () => {
    let folder = '';
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'bakewatch-django-'));
      for (const version of ['v1', 'v2']) mkdirSync(join(folder, 'releases', version), { recursive: true });
      symlinkSync('releases/v2', join(folder, 'current'));
      writeFileSync(join(folder, 'sudo'), `#!/bin/sh\nprintf '%s\\n' "$*" > ${folder}/restarted\n`, { mode: 0o755 });
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const run = (...args: readonly string[]) =>
      spawnSync(join(place, 'vm/release-switch'), args, {
        encoding: 'utf8',
        env: { PATH: `${folder}:${process.env.PATH}`, SHOP_ROOT: folder },
      });

    test('says what runs, switches, and restarts', () => {
      expect(run('--show').stdout).toBe('v2\n');
      expect(run('v1')).toMatchObject({ status: 0, stdout: 'switched to v1\n' });
      expect(readlinkSync(join(folder, 'current'))).toBe('releases/v1');
      expect(readFileSync(join(folder, 'restarted'), 'utf8')).toBe('-n systemctl restart gunicorn\n');
    });

    test('leaves the old release where the new one is not there', () => {
      expect(run('v3')).toMatchObject({ status: 44, stderr: 'no release v3\n' });
      expect(readlinkSync(join(folder, 'current'))).toBe('releases/v2');
    });
  });
});
