import { describe, expect, test } from 'vitest';
import { weekdays } from '../../src/core/notify/quiet-time.ts';
import { sendEverything } from '../../src/core/notify/route.ts';
import { configOf, wrongWithConfig } from './config-build.ts';

const chat = (lines: string) => `notifiers:\n  team:\n    type: chat\n    argv: [x]\n${lines}`;
const rulesOf = (lines: string) => configOf(chat(lines)).notifiers.get('team')?.rules;
const digest = { above: 5, withinMs: 60_000 };

describe('what a notifier is told', () => {
  test.for<{ name: string; text: string; is: unknown }>([
    { name: 'without anything: all, and many at once together', text: '', is: { ...sendEverything, digest } },
    {
      name: 'by severity, topic, service and environment',
      text: '    when: { severity: bad, topics: [failed, recovered], services: [shop], environments: [production] }\n',
      is: {
        ...sendEverything,
        digest,
        when: { severity: 'bad', topics: ['failed', 'recovered'], services: ['shop'], environments: ['production'] },
      },
    },
    {
      name: 'outside of quiet time',
      text: '    quiet: { from: 22:00, to: "07:30", timezone: Europe/Istanbul }\n',
      is: {
        ...sendEverything,
        digest,
        quiet: [{ fromMs: 79_200_000, toMs: 27_000_000, timezone: 'Europe/Istanbul', days: weekdays, except: 'bad' }],
      },
    },
    {
      name: 'outside of several quiet times',
      text: `    quiet:
      - { from: 18:00, to: 09:00, timezone: UTC, days: [mon, fri], except: wait }
      - { from: 00:00, to: 24:00, timezone: UTC, days: [sat], except: nothing }
`,
      is: {
        ...sendEverything,
        digest,
        quiet: [
          { fromMs: 64_800_000, toMs: 32_400_000, timezone: 'UTC', days: ['mon', 'fri'], except: 'wait' },
          { fromMs: 0, toMs: 86_400_000, timezone: 'UTC', days: ['sat'], except: null },
        ],
      },
    },
    {
      name: 'in digests of its own measure',
      text: '    digest: { above: 1, within: 5m }\n',
      is: { ...sendEverything, digest: { above: 1, withinMs: 300_000 } },
    },
    { name: 'without digests', text: '    digest: false\n', is: sendEverything },
    {
      name: 'in words of its own',
      text: '    template: { title: "{service}: {topic}", topics: { failed: { text: "{reasons}\\nask {by}" } } }\n',
      is: { ...sendEverything, digest, template: { title: '{service}: {topic}', topics: { failed: { text: '{reasons}\nask {by}' } } } },
    },
    { name: 'without links that act, as by default', text: '    act_links: false\n', is: { ...sendEverything, digest } },
  ])('$name', ({ text, is }) => expect(rulesOf(text)).toEqual(is));

  test('is never a digest where a system reads it', () => {
    const { notifiers } = configOf('notifiers: { oncall: { type: pager, argv: [x], when: { severity: bad } } }');
    expect(notifiers.get('oncall')?.rules).toEqual({ ...sendEverything, when: { ...sendEverything.when, severity: 'bad' } });
  });

  test('may have links that act, where people can reach the server', () => {
    const withUrl = `server: { public_url: "https://bake.example" }\n${chat('    act_links: true\n')}`;
    expect(configOf(withUrl).notifiers.get('team')?.rules).toEqual({ ...sendEverything, digest, actLinks: true });
    expect(wrongWithConfig(chat('    act_links: true\n'))).toEqual([
      '6:16 notifiers.team.act_links: needs the address of the server (write `public_url: https://…` below `server:`)',
    ]);
    expect(wrongWithConfig('notifiers: { oncall: { type: pager, argv: [x], act_links: true } }')).toEqual([
      '2:48 notifiers.oncall.act_links: is only for notifiers that people read (remove it: systems get every notice at once; `when` says which notices)',
    ]);
  });

  test('is nothing that the plug-in hears of', () => {
    const instance = configOf(chat('    when: { severity: bad }\n    template: { title: x }\n')).notifiers.get('team');
    expect(instance?.options.reveal()).toEqual({ argv: ['x'] });
  });
});

describe('mistakes are told with their place', () => {
  test.for<{ text: string; says: readonly string[] }>([
    {
      text: '    when: { severity: urgent }\n',
      says: ['6:23 notifiers.team.when.severity: must be one of info, good, wait, bad'],
    },
    {
      text: '    when: { topics: [unhealty] }\n',
      says: [
        '6:22 notifiers.team.when.topics[0]: must be one of started, unhealthy, approval, rolled_back, recovered, failed, inconclusive, blind, sighted, passed, stopped, drill_failed, elsewhere, rolled_forward, frozen, unfrozen, disarmed (did you mean `unhealthy`?)',
      ],
    },
    {
      text: '    wehn: { severity: bad }\n',
      says: ['6:5 notifiers.team.wehn: is not a known key (did you mean `when`? known: when, quiet, digest, template, act_links, argv)'],
    },
    {
      text: '    when: { service: [shop] }\n',
      says: [
        '6:13 notifiers.team.when.service: is not a known key (did you mean `services`? known: severity, topics, services, environments)',
      ],
    },
    {
      text: '    quiet: { from: 25:00, to: 7, timezone: Mars/Base }\n',
      says: [
        '6:20 notifiers.team.quiet.from: "25:00" is not a time of day (write hours and minutes, such as "22:00")',
        '6:31 notifiers.team.quiet.to: must be a text, not a number (put it in quotes)',
        '6:44 notifiers.team.quiet.timezone: "Mars/Base" is not a time zone (write a name of the IANA list, such as UTC or Europe/Istanbul)',
      ],
    },
    { text: '    quiet: { from: 22:00, to: 07:00 }\n', says: ['6:5 notifiers.team.quiet.timezone: is required'] },
    {
      text: '    quiet: { from: 22:00, to: 22:00, timezone: UTC, days: [mon] }\n',
      says: ['6:31 notifiers.team.quiet.to: is the same as `from` (write 00:00 to 24:00 for the whole day)'],
    },
    {
      text: '    quiet: { from: 00:00, to: 24:00, timezone: UTC }\n',
      says: ['6:12 notifiers.team.quiet: the quiet time never ends (for bad news only, write `when: { severity: bad }`)'],
    },
    { text: '    digest: { above: 0 }\n', says: ['6:22 notifiers.team.digest.above: must be at least 1'] },
    { text: '    digest: { within: 2h }\n', says: ['6:23 notifiers.team.digest.within: 2h is too long (write 1s to 1h)'] },
    {
      text: '    template:\n      title: "{servise} {version}"\n      text: "{oops}"\n',
      says: [
        '7:14 notifiers.team.template.title: {servise} is not a placeholder (did you mean `service`? known: service, environment, version, commit, by, topic, target, title, reasons, url)',
        '8:13 notifiers.team.template.text: {oops} is not a placeholder (known: service, environment, version, commit, by, topic, target, title, reasons, url)',
      ],
    },
    {
      text: '    template: { topics: { fialed: { title: x } } }\n',
      says: [
        '6:27 notifiers.team.template.topics.fialed: is not a known key (did you mean `failed`? known: started, unhealthy, approval, rolled_back, recovered, failed, inconclusive, blind, sighted, passed, stopped, drill_failed, elsewhere, rolled_forward, frozen, unfrozen, disarmed)',
      ],
    },
  ])('$text', ({ text, says }) => expect(wrongWithConfig(chat(text))).toEqual(says));

  test('what is for people only', () => {
    expect(
      wrongWithConfig(
        'notifiers: { oncall: { type: pager, argv: [x], digest: { above: 3 }, quiet: { from: 22:00, to: 07:00, timezone: UTC } } }',
      ),
    ).toEqual([
      '2:48 notifiers.oncall.digest: is only for notifiers that people read (remove it: systems get every notice at once; `when` says which notices)',
      '2:70 notifiers.oncall.quiet: is only for notifiers that people read (remove it: systems get every notice at once; `when` says which notices)',
    ]);
  });
});
