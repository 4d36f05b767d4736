import { spawnSync } from 'node:child_process';
import { existsSync, readlinkSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellQuote } from '../../src/net/shell-quote.ts';
import { documentedSwitch, oddVersions, scriptSources } from '../support/documented-switch.ts';

const hostile = [
  '',
  'sh',
  'true',
  'touch FOLDER/owned',
  'release-switch',
  'release-switch ""',
  `release-switch ''`,
  'release-switch v1 v2',
  'release-switch --check v1 v2',
  'release-switch --check',
  'release-switch --version',
  'release-switch --show v1',
  'release-switch v1; touch FOLDER/owned',
  'release-switch v1\ntouch FOLDER/owned',
  `release-switch $(touch\${IFS}FOLDER/owned)`,
  `release-switch \`touch\${IFS}FOLDER/owned\``,
  `release-switch '$(touch\${IFS}FOLDER/owned)'`,
  `release-switch 'v1'''`,
  `release-switch ''v1'`,
  `release-switch '`,
  'release-switch v1/../..',
  `release-switch '../../etc'`,
  'release-switch v*',
  'release-switch v?',
  'release-switch [v]1',
  'release-switch -n',
  'release-switch vü',
];

describe.each(scriptSources)('the forced command in %s', (source) => {
  let folder = '';
  beforeAll(() => {
    folder = documentedSwitch(source, oddVersions);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const ask = (asked: string) =>
    spawnSync(`${folder}/bakewatch-forced`, { encoding: 'utf8', cwd: folder, env: { ...process.env, SSH_ORIGINAL_COMMAND: asked } });

  test.for(hostile)('refuses %j', (asked) => {
    expect(ask(asked.replaceAll('FOLDER', folder)).status).toBe(77);
    expect([readlinkSync(`${folder}/current`), existsSync(`${folder}/owned`)]).toEqual(['releases/v2', false]);
  });

  test.for(oddVersions)('gets the version %s as Bakewatch sends it', (version) => {
    expect(ask(shellQuote(['release-switch', '--check', version]))).toMatchObject({ status: 0, stdout: `could switch to ${version}\n` });
  });
});
