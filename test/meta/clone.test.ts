import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { filesBelow, read, root } from './tree.ts';

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) });
const Lock = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional(), resolved: z.string().optional() })) });

const isShellScript = (path: string) =>
  readFileSync(join(root, path))
    .subarray(0, 40)
    .toString('latin1')
    .match(/^#!.*\b(?:ba)?sh\b/) !== null;
const scripts = [...filesBelow('script'), ...filesBelow('.ci'), ...filesBelow('examples'), ...filesBelow('integrations')].filter(
  isShellScript,
);

/** Places that exist on one machine only: where a checkout lies, and people's home folders. */
const machineTalk = /\/work\/(?:main|shared)\b|\/Users\/\w|\/root\/|\bverdaccio\b|\bartifactory\b/;

describe('a fresh clone', () => {
  test('has its scripts', () => {
    expect(scripts).toEqual(
      expect.arrayContaining([
        ...['bootstrap', 'demo', 'check', 'test', 'coverage', 'bakewatch'].map((name) => `script/${name}`),
        '.ci/run',
      ]),
    );
  });

  test.for(scripts)('%s can be run', (path) => {
    const shell = read(path).startsWith('#!/bin/sh') ? 'sh' : 'bash';
    expect(statSync(join(root, path)).mode & 0o111, 'it is not executable').toBe(0o111);
    expect(spawnSync(shell, ['-n', join(root, path)], { encoding: 'utf8' }).stderr).toBe('');
  });

  test('names exact versions of what it depends on', () => {
    const { dependencies, devDependencies } = Manifest.parse(JSON.parse(read('package.json')));
    expect(Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
  });

  test('may take its packages from any registry', () => {
    const { packages } = Lock.parse(JSON.parse(read('package-lock.json')));
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  test('names no place of the machine it was written on', () => {
    const texts = filesBelow().filter((path) =>
      /\.(?:ts|mjs|js|json|ya?ml|md|sh|sql|html|css|txt)$|(?:^|\/)(?:Dockerfile|\.[a-z]+|[a-z-]+)$/.test(path),
    );
    const places = texts.flatMap((path) => {
      const found = machineTalk.exec(read(path));
      return found ? [`${path}: ${found[0]}`] : [];
    });
    expect(places).toEqual([]);
  });
});
