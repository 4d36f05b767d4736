import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from './tree.ts';

describe('the split of the example with stages', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bakewatch-split-'));
    nginx('exit 0');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const nginx = (script: string) =>
    writeFileSync(join(folder, 'sudo'), `#!/bin/sh\necho "$*" >> ${folder}/calls.log\n${script}\n`, { mode: 0o755 });
  const split = (...args: readonly string[]) =>
    spawnSync(join(root, 'examples/stages/split'), args, {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}`, SPLIT_FOLDER: folder },
    });
  const written = (service = 'shop') => readFileSync(join(folder, `${service}.conf`), 'utf8').split('\n')[1];

  test.for([
    ['0', '{ * stable; }'],
    ['5', '{ 5% canary; * stable; }'],
    ['0.5', '{ 0.5% canary; * stable; }'],
    ['100', '{ * canary; }'],
  ] as const)('of %s percent is written, tried, loaded and told', ([weight, ways]) => {
    writeFileSync(join(folder, 'shop.conf'), '# canary: 25\n');
    expect(split('shop', weight).status).toBe(0);
    expect(written()).toBe(`split_clients "$remote_addr$http_user_agent" $shop_upstream ${ways}`);
    expect(readFileSync(join(folder, 'calls.log'), 'utf8')).toBe('nginx -t\nnginx -s reload\n');
    expect(split('shop').stdout).toBe(`${weight}\n`);
  });

  test('that nginx does not accept leaves the one before in place', () => {
    writeFileSync(join(folder, 'shop.conf'), '# canary: 25\n');
    nginx('exit 1');
    expect(split('shop', '50').status).toBe(1);
    expect(split('shop').stdout).toBe('25\n');
    expect(readdirSync(folder).filter((name) => name.endsWith('.conf'))).toEqual(['shop.conf']);
  });

  test('of a service with a dash has a variable without one', () => {
    writeFileSync(join(folder, 'my-shop.conf'), '# canary: 0\n');
    expect(split('my-shop', '100').status).toBe(0);
    expect(written('my-shop')).toContain('$my_shop_upstream');
  });
});
