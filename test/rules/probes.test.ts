import { describe, expect, test } from 'vitest';
import { plugins } from '../../src/app/plugins.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import type { KnownProvider, RulesContext } from '../../src/rules/rules-context.ts';
import { known, wrongWith } from './build.ts';

const made = plugins.providers.get('probe')!;
const connection = { host: 'shop-1', user: 'deploy', identity_file: '/etc/key', known_hosts: '/etc/known_hosts' };

/** What the operator's provider of type probe, with these options, makes known to the rules. */
function probing(options: object): KnownProvider {
  return { lintSelector: made.lintSelector, lintProbe: (target) => made.lintProbe?.(options, target) ?? null };
}

const open: RulesContext = {
  ...known,
  providers: new Map([...known.providers!, ['probe', probing({ commands: true, ssh: { 'shop-vm': connection } })]]),
};
const closed: RulesContext = { ...known, providers: new Map([...known.providers!, ['probe', probing({})]]) };

const head = 'rules: 1\nservice: shop\nenvironment: production\nchecks:\n  c:\n';
/** A rule file whose check begins at line 6, column 5. */
const aProbe = (...lines: readonly string[]): string => `${head}${lines.map((line) => `    ${line}\n`).join('')}`;
const ruleOf = (...lines: readonly string[]) => parseRules(aProbe(...lines), 'r.yaml', open).checks[0]!;
const probeOf = (text: string) => {
  const { question } = ruleOf(`probe: ${text}`);
  return 'probe' in question ? question.probe : null;
};

describe('a probe in the rules', () => {
  test('asks a site with the usual patience', () => {
    expect(ruleOf('probe: { http: "https://shop.example/healthz" }')).toEqual({
      name: 'c',
      provider: 'probe',
      question: {
        kind: 'ratio',
        probe: {
          target: {
            kind: 'http',
            method: 'GET',
            url: 'https://shop.example/healthz',
            send: {},
            status: [{ from: 200, to: 299 }],
            redirects: 0,
            contains: null,
            lacks: null,
            headers: {},
            tlsDays: null,
          },
          withinMs: 5_000,
          attempts: 3,
          apartMs: 1_000,
        },
      },
      direction: 'up',
      failWhen: [{ analyzer: 'threshold', params: { above: 0.9 }, damping: { k: 2, n: 2 } }],
      minSamples: 1,
      critical: true,
    });
  });

  test.for([
    ['{ http: "http://a/", status: 204 }', { status: [{ from: 204, to: 204 }] }],
    [
      '{ http: "http://a/", status: [200-299, 401] }',
      {
        status: [
          { from: 200, to: 299 },
          { from: 401, to: 401 },
        ],
      },
    ],
    [
      '{ http: "https://a/", body: ok, body_not: Traceback, header: { x-version: $version }, tls_days: 7, redirects: 2, method: POST, send: { Host: shop.example } }',
      {
        contains: 'ok',
        lacks: 'Traceback',
        headers: { 'x-version': '$version' },
        tlsDays: 7,
        redirects: 2,
        method: 'POST',
        send: { Host: 'shop.example' },
      },
    ],
    ['{ tcp: "shop.example:443", tls_days: 7 }', { kind: 'tcp', host: 'shop.example', port: 443, tlsDays: 7 }],
    ['{ tcp: "[::1]:80" }', { kind: 'tcp', host: '::1', port: 80, tlsDays: null }],
    [
      '{ command: [python, manage.py, check], cwd: /srv/shop }',
      { kind: 'command', argv: ['python', 'manage.py', 'check'], cwd: '/srv/shop', ssh: null },
    ],
    ['{ ssh: shop-vm, command: [systemctl, is-active] }', { kind: 'command', argv: ['systemctl', 'is-active'], cwd: null, ssh: 'shop-vm' }],
  ] as const)('%s is read', ([text, target]) => {
    expect(probeOf(text)?.target).toMatchObject(target);
  });

  test.for([
    ['within: 5s', 3],
    ['within: 10s', 2],
    ['within: 20s', 1],
    ['within: 10s, apart: 3s', 1],
  ] as const)('with %s it is tried %i times, as often as fits', ([timing, attempts]) => {
    expect(probeOf(`{ tcp: "a:1", ${timing} }`)?.attempts).toBe(attempts);
  });

  test('fails at once where the rules say so', () => {
    const rule = ruleOf('probe: { tcp: "a:1" }', 'fail_when: { above: 50%, for: 1 of 1 }', 'critical: false');
    expect(rule).toMatchObject({ failWhen: [{ params: { above: 0.5 }, damping: { k: 1, n: 1 } }], critical: false });
  });

  test('of a bake with room for one tick it fails after one', () => {
    const { checks } = parseRules(`bake: { for: 15s }\n${aProbe('probe: { tcp: "a:1" }')}`, 'r.yaml', open);
    expect(checks[0]?.failWhen).toMatchObject([{ damping: { k: 1, n: 1 } }]);
  });
});

const noPast = 'write the share of attempts that may fail, such as { above: 50%, for: 2 of 3 }, or remove `fail_when`';

describe('what is wrong with a probe', () => {
  test.for<readonly [string, readonly string[], readonly string[]]>([
    ['nothing', ['probe: {}'], ['6:12 checks.c.probe: the probe tries nothing (add one of http, tcp or command)']],
    [
      'two things',
      ['probe: { http: "http://a/", tcp: "a:1" }'],
      ['6:33 checks.c.probe.tcp: a probe tries one thing, and this one already has http (write two checks)'],
    ],
    [
      'a metric beside it',
      ['probe: { tcp: "a:1" }', 'rate: up'],
      ['7:5 checks.c.rate: a check measures one thing, and this one already has probe (write two checks)'],
    ],
    [
      'a provider of metrics',
      ['provider: prom', 'probe: { tcp: "a:1" }'],
      ['6:15 checks.c.provider: the provider prom makes no probes (remove `provider`, or name a provider of type probe)'],
    ],
    [
      'samples and a direction',
      ['probe: { tcp: "a:1" }', 'min_samples: 3', 'direction: up'],
      ['7:5 checks.c.min_samples: does not apply to a probe (remove it)', '8:5 checks.c.direction: does not apply to a probe (remove it)'],
    ],
    [
      'a mistyped key',
      ['probe: { tcp: "a:1", withn: 2s }'],
      [
        '6:26 checks.c.probe.withn: is not a known key (did you mean `within`? known: http, method, send, status, body, body_not, header, redirects, tls_days, tcp, command, ssh, cwd, within, attempts, apart)',
      ],
    ],
    [
      'what belongs to another kind',
      ['probe: { tcp: "a:1", status: 200, cwd: / }'],
      ['6:26 checks.c.probe.status: does not apply to a probe with `tcp`', '6:39 checks.c.probe.cwd: does not apply to a probe with `tcp`'],
    ],
    [
      'no URL',
      ['probe: { http: shop.example }'],
      [
        '6:20 checks.c.probe.http: "shop.example" is not a URL (write an http:// or https:// URL, such as https://shop.example.com/healthz)',
      ],
    ],
    [
      'a password',
      ['probe: { http: "https://me:hunter2@a/" }'],
      ['6:20 checks.c.probe.http: contains a user or a password (rules must not hold secrets)'],
    ],
    [
      'a host of the one who deploys',
      ['probe: { http: "https://$version.example/" }'],
      ['6:20 checks.c.probe.http: has a placeholder in its host (placeholders may stand only in the path and the query)'],
    ],
    [
      'a token to send',
      ['probe: { http: "https://a/", send: { Authorization: x } }'],
      ['6:42 checks.c.probe.send.Authorization: looks like a secret (rules must not hold secrets: use an address that needs none)'],
    ],
    ['a status that is none', ['probe: { http: "http://a/", status: 700 }'], ['6:41 checks.c.probe.status: must be at most 599']],
    [
      'a range the wrong way',
      ['probe: { http: "http://a/", status: 299-200 }'],
      ['6:41 checks.c.probe.status: 299 is more than 200 (write 200-299)'],
    ],
    ['days of no certificate', ['probe: { http: "http://a/", tls_days: 7 }'], ['6:33 checks.c.probe.tls_days: needs an https:// URL']],
    [
      'a body of no answer',
      ['probe: { http: "http://a/", method: HEAD, body: ok }'],
      ['6:41 checks.c.probe.method: the answer to HEAD has no body to search (remove `method`)'],
    ],
    [
      'no port',
      ['probe: { tcp: shop.example }'],
      ['6:19 checks.c.probe.tcp: "shop.example" is not a host and a port (write HOST:PORT, such as shop.example.com:443)'],
    ],
    [
      'a command that is a line',
      ['probe: { command: "ls -l" }'],
      ['6:23 checks.c.probe.command: must be a list, not a text (write it as a list, such as [one, two])'],
    ],
    [
      'a program that is filled in',
      ['probe: { command: [$version, $HOME, $step] }'],
      [
        '6:24 checks.c.probe.command[0]: the program itself must not contain a placeholder',
        '6:34 checks.c.probe.command[1]: a probe has no placeholder $HOME (known: $service, $environment, $version, $commit, $known_good; a plain dollar sign is $$)',
        '6:41 checks.c.probe.command[2]: a probe has no placeholder $step (known: $service, $environment, $version, $commit, $known_good; a plain dollar sign is $$)',
      ],
    ],
    [
      'a folder that is filled in',
      ['probe: { command: [ls], cwd: /srv/$version }'],
      ['6:34 checks.c.probe.cwd: contains a placeholder (placeholders may stand only in arguments)'],
    ],
    [
      'a folder elsewhere',
      ['probe: { command: [ls], ssh: shop-vm, cwd: /srv }'],
      ['6:43 checks.c.probe.cwd: applies only to a command on the machine of the server (remove `cwd` or `ssh`)'],
    ],
    [
      'a machine that the operator does not know',
      ['probe: { command: [ls], ssh: 10.0.0.1 }'],
      ['6:34 checks.c.probe.ssh: the config has no ssh connection named "10.0.0.1" (defined: shop-vm)'],
    ],
    [
      'more than a look has time for',
      ['probe: { tcp: "a:1", within: 10s, attempts: 5 }'],
      [
        '6:12 checks.c.probe: 5 attempts of 10s, 1s apart, take 54s, longer than the 22s that a probe may take in all (the maximum is 2 such attempts)',
      ],
    ],
    ['no time at all', ['probe: { tcp: "a:1", within: 1ms }'], ['6:34 checks.c.probe.within: 1ms is too short (write 100ms to 20s)']],
  ])('%s', ([, lines, says]) => {
    expect(wrongWith(aProbe(...lines), open)).toEqual(says);
  });

  test.for<readonly [string, string]>([
    ['regression', '7:16 checks.c.fail_when: a probe has no past, so regression does not apply to it'],
    ['drop', '7:16 checks.c.fail_when: a probe has no past, so drop does not apply to it'],
    ['[anomaly]', '7:17 checks.c.fail_when[0]: a probe has no past, so anomaly does not apply to it'],
    ['{ regression: { tolerance: 10% } }', '7:18 checks.c.fail_when.regression: a probe has no past, so regression does not apply to it'],
    [
      '{ relative: { to: before, more_than: 1 } }',
      '7:18 checks.c.fail_when.relative: a probe has no past, so relative does not apply to it',
    ],
    ['{ mann_whitney: {} }', '7:18 checks.c.fail_when.mann_whitney: a probe has no past, so mann_whitney does not apply to it'],
    ['{ trend: {} }', '7:18 checks.c.fail_when.trend: a probe has no past, so trend does not apply to it'],
    ['{ below: 10% }', '7:18 checks.c.fail_when.below: does not apply to a probe, which measures the share of failed attempts'],
    ['{ slower_than: 1s }', '7:18 checks.c.fail_when.slower_than: does not apply to a probe, whose attempts have the timeout `within`'],
  ])('%s of it', ([condition, says]) => {
    expect(wrongWith(aProbe('probe: { tcp: "a:1" }', `fail_when: ${condition}`), open)).toEqual([`${says} (${noPast})`]);
  });

  test('an unknown condition is told as everywhere', () => {
    expect(wrongWith(aProbe('probe: { tcp: "a:1" }', 'fail_when: { abov: 1% }'), open)).toEqual([
      expect.stringMatching(/^7:18 checks\.c\.fail_when\.abov: is not a known key \(did you mean `above`\?/),
    ]);
  });

  test('commands need the leave of the operator', () => {
    expect(wrongWith(aProbe('probe: { command: [ls] }'), closed)).toEqual([
      '6:23 checks.c.probe.command: probes may not run commands on the machine of the server (set `commands: true` on the provider of type probe, or name a machine with `ssh`)',
    ]);
    expect(wrongWith(aProbe('probe: { command: [ls], ssh: a }'), closed)).toEqual([
      '6:34 checks.c.probe.ssh: the config has no ssh connection named "a" (defined: none)',
    ]);
  });
});
