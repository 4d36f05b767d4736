import { describe, expect, test } from 'vitest';
import { aFile, wrongWith } from './build.ts';

/** Ten of ten of ten … lists, seven times over. */
const bomb = [
  'a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]',
  ...'bcdefg'.split('').map((x, i) => `${x}: &${x} [${Array(10).fill(`*${'abcdef'[i]}`).join(', ')}]`),
].join('\n');
const manyChecks = `rules: 1\nservice: a\nenvironment: b\nchecks:\n${Array.from({ length: 51 }, (_, i) => `  c${i}: { provider: prom, value: up, fail_when: { below: 1 } }\n`).join('')}`;

const fileRows = [
  { name: 'an empty file', file: '', says: ['1:1 the file is empty'] },
  { name: 'a file of comments', file: '# nothing\n', says: ['1:1 the file is empty'] },
  {
    name: 'a list instead of a map',
    file: '- rules: 1\n',
    says: [
      '1:1 must be a map, not a list (known: rules, extends, service, services, match, environment, bake, baseline, control, checks, on_failure, when_undecided, unless, traffic, rollback, notify)',
    ],
  },
  { name: 'a tab as indentation', file: 'rules: 1\nbake:\n\tfor: 15m\n', says: ['3:1 YAML must not be indented with tabs (use spaces)'] },
  {
    name: 'a bracket that is never closed',
    file: 'rules: 1\nnotify: [team\n',
    says: ['3:1 the text is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]'],
  },
  {
    name: 'a selector in braces without quotes',
    file: 'rules: 1\ncontrol: { canary: up{a="b",c=~"d.."}, stable: x }\nservice: shop\n',
    says: ['2:22 the text is not YAML from here on (put a value that contains any of `{ } [ ] , #` in quotes)'],
  },
  { name: 'a quote that is never closed', file: 'rules: 1\nservice: "shop\n', says: ['3:1 the text is not YAML: missing closing "quote'] },
  {
    name: 'two documents',
    file: 'rules: 1\n---\nrules: 1\n',
    says: ['2:1 the file has more than one document (remove the `---` line)'],
  },
  {
    name: 'two colons on one line',
    file: 'rules: 1\nservice: a: b\n',
    says: ['2:10 there is a second `: ` on this line (put a value that contains `: ` in quotes)'],
  },
  { name: 'a tag', file: 'rules: !one 1\n', says: ['1:8 YAML tags (`!name`) are not supported (remove the tag)'] },
  { name: 'an older YAML', file: '%YAML 1.1\n---\nrules: 1\n', says: ['1:1 only YAML 1.2 is supported (remove the %YAML line)'] },
  { name: 'an alias of nothing', file: aFile('notify: *people'), says: ['5:9 there is no anchor &people above'] },
  { name: 'a key twice', file: aFile('service: other'), says: ['5:1 the key `service` occurs twice (keep one of them)'] },
  { name: 'a key that is a list', file: aFile('? [a]\n: 1'), says: ['5:3 a key must be a text'] },
  {
    name: 'a merge key',
    file: aFile('<<: { notify: team }'),
    says: ['5:1 ["<<"]: merge keys (`<<`) are not supported (use `extends: FILE` to share defaults between files)'],
  },
  { name: 'a prototype', file: aFile('__proto__: 1'), says: ['5:1 `__proto__` cannot be a key'] },
  { name: 'a file of half a megabyte', file: '# '.repeat(300_000), says: ['1:1 the file has 600000 characters (the maximum is 262144)'] },
  {
    name: '31 levels',
    file: aFile(`notify: ${'['.repeat(31)}${']'.repeat(31)}`),
    says: ['5:39 the file has more than 30 levels'],
  },
  { name: '100,000 levels', file: '['.repeat(100_000), says: ['1:1 the file has too many levels (the maximum is 30)'] },
  { name: 'a bomb of aliases', file: aFile(bomb), says: ['5:23 the file has more than 20000 values'] },
  { name: 'an alias within itself', file: aFile('notify: &a [*a]'), says: ['5:12 the file has more than 30 levels'] },
] as const;

describe('a file that cannot be read', () => {
  test.for(fileRows)('says what is wrong with $name', ({ file, says }) => {
    expect(wrongWith(file)).toEqual(says);
  });
});

const topRows = [
  {
    name: 'nothing but the version',
    file: 'rules: 1\n',
    says: ['1:1 service: is required', '1:1 environment: is required', '1:1 checks: is required'],
  },
  {
    name: 'no version',
    file: aFile('').replace('rules: 1', 'notify: team'),
    says: ['1:1 rules: is required (begin the file with `rules: 1`)'],
  },
  { name: 'another version', file: aFile('').replace('rules: 1', 'rules: 2'), says: ['1:8 rules: must be 1'] },
  {
    name: 'a mistyped key',
    file: aFile('').replace('service', 'servcie'),
    says: [
      '1:1 service: is required',
      '2:1 servcie: is not a known key (did you mean `service`? known: rules, extends, service, services, match, environment, bake, baseline, control, checks, on_failure, when_undecided, unless, traffic, rollback, notify)',
    ],
  },
  {
    name: 'a key in camel case',
    file: aFile('onFailure: notify'),
    says: [
      '5:1 onFailure: is not a known key (did you mean `on_failure`? known: rules, extends, service, services, match, environment, bake, baseline, control, checks, on_failure, when_undecided, unless, traffic, rollback, notify)',
    ],
  },
  {
    name: 'a key that nothing is like',
    file: aFile('zebra: 1'),
    says: [
      '5:1 zebra: is not a known key (known: rules, extends, service, services, match, environment, bake, baseline, control, checks, on_failure, when_undecided, unless, traffic, rollback, notify)',
    ],
  },
  {
    name: 'a service that is a number',
    file: aFile('').replace('shop', '12'),
    says: ['2:10 service: must be a text, not a number (put it in quotes)'],
  },
  {
    name: 'a service that could be an option',
    file: aFile('').replace('shop', '-rf'),
    says: ['2:10 service: "-rf" must start with a letter or digit, and may contain only letters, digits and . _ + @ : / = ~ -'],
  },
  {
    name: 'a service that would color a terminal',
    file: aFile('').replace('shop', '"a\\e[31m\\nb"'),
    says: ['2:10 service: "a [31m b" must start with a letter or digit, and may contain only letters, digits and . _ + @ : / = ~ -'],
  },
  {
    name: 'a service that could be a command',
    file: aFile('').replace('shop', '"$(reboot)"'),
    says: ['2:10 service: "$(reboot)" must start with a letter or digit, and may contain only letters, digits and . _ + @ : / = ~ -'],
  },
  { name: 'an empty environment', file: aFile('').replace('production', ''), says: ['3:14 environment: is empty; it must be a text'] },
  { name: 'a hook without a name', file: aFile('rollback: { verify: 5m }'), says: ['5:1 rollback.hook: is required'] },
  {
    name: 'a hook that nobody defined',
    file: aFile('rollback: { hook: deploier }'),
    says: ['5:19 rollback.hook: no hook is named "deploier" (did you mean `deployer`? defined: deployer)'],
  },
  {
    name: 'a rollback without a hook',
    file: aFile('on_failure: rollback'),
    says: ['5:13 on_failure: `rollback` needs a hook that can roll back (add `rollback: { hook: NAME }`, or write `on_failure: notify`)'],
  },
  {
    name: 'an approval without a hook',
    file: aFile('on_failure: approve'),
    says: ['5:13 on_failure: `approve` needs a hook that can roll back (add `rollback: { hook: NAME }`, or write `on_failure: notify`)'],
  },
  {
    name: 'an unknown action',
    file: aFile('on_failure: rolback'),
    says: ['5:13 on_failure: must be one of rollback, notify, approve (did you mean `rollback`?)'],
  },
  {
    name: 'a notifier that nobody defined',
    file: aFile('notify: [team, gafana]'),
    says: ['5:16 notify[1]: no notifier is named "gafana" (did you mean `grafana`? defined: team, grafana)'],
  },
  {
    name: 'one notifier that nobody defined',
    file: aFile('notify: slack'),
    says: ['5:9 notify: no notifier is named "slack" (defined: team, grafana)'],
  },
  { name: 'a notifier twice', file: aFile('notify: [team, team]'), says: ['5:16 notify[1]: "team" occurs twice'] },
  { name: 'people instead of names', file: aFile('notify: { team: true }'), says: ['5:9 notify: must be a list or a text, not a map'] },
  {
    name: 'no checks at all',
    file: 'rules: 1\nservice: a\nenvironment: b\nchecks: {}\n',
    says: ['4:1 checks: there must be at least one check'],
  },
  {
    name: 'checks as a list',
    file: 'rules: 1\nservice: a\nenvironment: b\nchecks: [a]\n',
    says: ['4:9 checks: must be a map, not a list (write each check under its name: `checks: { errors: { … } }`)'],
  },
  {
    name: 'a check with a bad name',
    file: aFile('').replace('up:', '"a b":'),
    says: ['4:11 checks["a b"]: "a b" must start with a letter or digit, and may contain only letters, digits and . _ + @ : / = ~ -'],
  },
  { name: '51 checks', file: manyChecks, says: ['4:1 checks: there are 51 checks, and the maximum is 50'] },
] as const;

describe('the top of a file', () => {
  test.for(topRows)('says what is wrong with $name', ({ file, says }) => {
    expect(wrongWith(file)).toEqual(says);
  });
});

const bakeRows = [
  {
    name: 'a duration without a unit',
    file: aFile('bake: { for: 15 }'),
    says: ['5:14 bake.for: 15 is not a duration (add a unit, such as 15s or 15m)'],
  },
  {
    name: 'a duration with an unknown unit',
    file: aFile('bake: { for: 15y }'),
    says: ['5:14 bake.for: "15y" is not a duration (write a number and a unit, such as 30s, 15m or 1h30m)'],
  },
  {
    name: 'a duration with a space',
    file: aFile('bake: { for: 15 m }'),
    says: ['5:14 bake.for: "15 m" is not a duration (write a number and a unit, such as 30s, 15m or 1h30m)'],
  },
  {
    name: 'a negative duration',
    file: aFile('bake: { warmup: -5s }'),
    says: ['5:17 bake.warmup: "-5s" is not a duration (write a number and a unit, such as 30s, 15m or 1h30m)'],
  },
  {
    name: 'every fifth healthy bake and more',
    file: aFile('bake: { false_alarms: 21% }'),
    says: ['5:23 bake.false_alarms: 21% is too high (write 0.01% to 20%)'],
  },
  {
    name: 'no false alarms at all',
    file: aFile('bake: { false_alarms: 0 }'),
    says: ['5:23 bake.false_alarms: 0 is too low: nothing would be found (write 0.01% to 20%)'],
  },
  {
    name: 'a number of false alarms',
    file: aFile('bake: { false_alarms: 1 }'),
    says: ['5:23 bake.false_alarms: 1 means 100% (write 1% or 0.01)'],
  },
  { name: 'a bake of eight days', file: aFile('bake: { for: 8d }'), says: ['5:14 bake.for: 8d is too long (write 1s to 7d)'] },
  {
    name: 'a step of half a second',
    file: aFile('bake: { every: 500ms }'),
    says: ['5:16 bake.every: 500ms is too short (write 1s to 1h)'],
  },
  { name: 'a step of two hours', file: aFile('bake: { every: 2h }'), says: ['5:16 bake.every: 2h is too long (write 1s to 1h)'] },
  {
    name: 'a warm-up of two days',
    file: aFile('bake: { warmup: 2d }'),
    says: ['5:17 bake.warmup: 2d is too long (the maximum is 1d)'],
  },
  {
    name: 'an extension of 8 days',
    file: aFile('bake: { extend: 8d }'),
    says: ['5:17 bake.extend: 8d is too long (the maximum is 7d)'],
  },
  {
    name: 'a bake shorter than its step',
    file: aFile('bake: { for: 10s, every: 30s }'),
    says: ['5:14 bake.for: a bake of 10s is shorter than one tick of 30s (`for` must be at least `every`)'],
  },
  {
    name: 'a step longer than the usual bake',
    file: aFile('bake: { every: 20m }'),
    says: ['5:16 bake.every: a bake of 15m is shorter than one tick of 20m (`for` must be at least `every`)'],
  },
  {
    name: 'a bake that is a duration',
    file: aFile('bake: 15m'),
    says: ['5:7 bake: must be a map, not a text (known: for, stages, every, warmup, extend, false_alarms)'],
  },
  {
    name: 'a history beyond the limit',
    file: aFile('baseline: { history: 90d }'),
    says: ['5:22 baseline.history: 90d is too long (write 1h to 35d)'],
  },
  {
    name: 'a stretch before the history',
    file: aFile('baseline: { history: 2d, like: [before, 7d] }'),
    says: ['5:41 baseline.like[1]: lies before the history of 2d (make `history` longer, or remove this entry)'],
  },
  {
    name: 'a stretch of half a day',
    file: aFile('baseline: { like: [12h] }'),
    says: ['5:20 baseline.like[0]: "12h" is not a past time (write `before`, or 1d to 35d for the same time some days ago)'],
  },
  {
    name: 'an unknown stretch',
    file: aFile('baseline: { like: [yesterday] }'),
    says: ['5:20 baseline.like[0]: "yesterday" is not a past time (write `before`, or 1d to 35d for the same time some days ago)'],
  },
  { name: 'no stretch at all', file: aFile('baseline: { like: [] }'), says: ['5:19 baseline.like: must have at least one entry'] },
  {
    name: 'an unknown time zone',
    file: aFile('baseline: { timezone: Europe/Istambul }'),
    says: ['5:23 baseline.timezone: "Europe/Istambul" is not a time zone (write a name of the IANA list, such as UTC or Europe/Istanbul)'],
  },
  {
    name: 'a control without the old release',
    file: aFile('control: { canary: a="b" }').replace('value: up', 'value: "up{$matchers}"'),
    says: ['5:1 control.stable: is required'],
  },
  {
    name: 'a control that compares the same',
    file: aFile('control: { canary: a="b", stable: a="b" }').replace('value: up', 'value: "up{$matchers}"'),
    says: ['5:35 control.stable: is the same as `canary` (match only the stable release, such as version="$known_good")'],
  },
  {
    name: 'matchers in braces',
    file: aFile('control: { canary: \'{a="b"}\', stable: c="d" }').replace('value: up', 'value: "up{$matchers}"'),
    says: ['5:20 control.canary: matchers have no braces (write only the matchers, such as version="$version")'],
  },
  {
    name: 'matchers with an unknown placeholder',
    file: aFile('control: { canary: a="$versoin", stable: c="d" }').replace('value: up', 'value: "up{$matchers}"'),
    says: [
      '5:20 control.canary: unknown placeholder $versoin (did you mean `$version`? known: $service, $environment, $version, $commit, $known_good, $step, $matchers; a plain dollar sign is $$)',
    ],
  },
  {
    name: 'matchers within matchers',
    file: aFile('control: { canary: $matchers, stable: c="d" }').replace('value: up', 'value: "up{$matchers}"'),
    says: ['5:20 control.canary: matchers must not contain $matchers (write the matchers, such as version="$version")'],
  },
] as const;

describe('bake, baseline and control', () => {
  test.for(bakeRows)('says what is wrong with $name', ({ file, says }) => {
    expect(wrongWith(file)).toEqual(says);
  });
});
