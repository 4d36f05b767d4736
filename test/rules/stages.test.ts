import { describe, expect, test } from 'vitest';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { aFile, known, wrongWith } from './build.ts';

const context = { ...known, traffic: new Set(['splitter']) };
const parse = (more: string) => parseRules(aFile(more), 'r.yaml', context);
const minute = 60_000;

describe('stages', () => {
  const written = [
    { weight: 5, forMs: 10 * minute },
    { weight: 25, forMs: 10 * minute },
    { weight: 100, forMs: 15 * minute },
  ];

  test.for([
    ['a list', '[5% 10m, 25% 10m, 100% 15m]'],
    ['one text', '5% 10m, 25% 10m, 100% 15m'],
    ['lines', '\n    - 5 % 10m\n    - 25%  10m\n    - 100% 15m'],
  ])('may be %s', ([, text]) => {
    expect(parse(`bake:\n  stages: ${text}\ntraffic: { hook: splitter }`).traffic).toEqual({ hook: 'splitter', stages: written });
  });

  test('and the warm-ups between them are the bake, and as long it may be extended', () => {
    const { bake } = parse('bake: { stages: [5% 10m, 25% 10m, 100% 15m], warmup: 1m }\ntraffic: { hook: splitter }');
    expect(bake).toEqual({ forMs: 37 * minute, everyMs: 15_000, warmupMs: minute, extendMs: 37 * minute });
  });

  test('may be a fraction of a percent, or one stage alone', () => {
    expect(parse('bake: { stages: [0.25% 1h, 100% 1h] }\ntraffic: { hook: splitter }').traffic?.stages[0]?.weight).toBe(0.25);
    expect(parse('bake: { stages: 100% 1h }\ntraffic: { hook: splitter }').traffic?.stages).toHaveLength(1);
  });

  test('a release that can lose its traffic is acted upon, also without a rollback hook', () => {
    const staged = 'bake: { stages: [5% 10m, 100% 10m] }\ntraffic: { hook: splitter }';
    expect(parse(staged)).toMatchObject({ onFailure: 'rollback', rollback: null });
    expect(parse(`${staged}\non_failure: rollback`).onFailure).toBe('rollback');
    expect(parse(`${staged}\non_failure: notify`).onFailure).toBe('notify');
  });
});

const hint = 'write a share and a duration, such as 5% 10m';
const rows = [
  {
    name: 'without a hook',
    more: 'bake: { stages: [5% 10m, 100% 10m] }',
    says: ["5:9 bake.stages: need a traffic hook (add `traffic: { hook: NAME }`, with a NAME under `traffic` in the operator's config)"],
  },
  {
    name: 'a hook without stages',
    more: 'traffic: { hook: splitter }',
    says: ['5:1 traffic: does nothing without stages (add them, such as `bake: { stages: [5% 10m, 25% 10m, 100% 15m] }`)'],
  },
  {
    name: 'an unknown hook',
    more: 'bake: { stages: 100% 10m }\ntraffic: { hook: spliter }',
    says: ['6:18 traffic.hook: no traffic hook is named "spliter" (did you mean `splitter`? defined: splitter)'],
  },
  {
    name: 'for as well',
    more: 'bake: { for: 15m, stages: [100% 10m] }\ntraffic: { hook: splitter }',
    says: ['5:9 bake.for: cannot be used together with `stages`, which have their own durations (keep one of the two)'],
  },
  {
    name: 'shares that do not rise',
    more: 'bake: { stages: [25% 10m, 25% 10m, 100% 10m] }\ntraffic: { hook: splitter }',
    says: ['5:27 bake.stages[1]: 25% after 25% gives the release no more traffic (the share must grow from stage to stage)'],
  },
  {
    name: 'a last stage without all of the traffic',
    more: 'bake: { stages: [5% 10m, 50% 15m] }\ntraffic: { hook: splitter }',
    says: [
      '5:26 bake.stages[1]: the last stage is 50%, so a release could pass without getting all traffic (end with 100%, such as 100% 15m)',
    ],
  },
  {
    name: 'a stage that is too short',
    more: 'bake: { stages: [5% 30s, 100% 10m] }\ntraffic: { hook: splitter }',
    says: ['5:18 bake.stages[0]: a stage of 30s is shorter than 3 ticks of 15s (the minimum is 45s; or make `every` shorter)'],
  },
  {
    name: 'what is no stage, wherever it stands',
    more: 'bake: { stages: [5%, 10m 5%, 100% tenminutes, 7] }\ntraffic: { hook: splitter }',
    says: [
      `5:18 bake.stages[0]: "5%" is not a stage (${hint})`,
      `5:22 bake.stages[1]: "10m 5%" is not a stage (${hint})`,
      `5:30 bake.stages[2]: "100% tenminutes" is not a stage (${hint})`,
      `5:47 bake.stages[3]: "7" is not a stage (${hint})`,
    ],
  },
  {
    name: 'shares that nobody can shift',
    more: 'bake: { stages: "0% 10m, 0.125% 10m, 120% 10m" }\ntraffic: { hook: splitter }',
    says: [0, 0.125, 120].map(
      (share) => `5:17 bake.stages: ${share}% is not a valid share (write 0.01% to 100%, with at most two decimals)`,
    ),
  },
  {
    name: 'no stage at all',
    more: 'bake: { stages: [] }\ntraffic: { hook: splitter }',
    says: [`5:17 bake.stages: must have at least one stage (${hint})`],
  },
  {
    name: 'an approval of what cannot be rolled back',
    more: 'bake: { stages: 100% 10m }\ntraffic: { hook: splitter }\non_failure: approve',
    says: ['7:13 on_failure: `approve` needs a hook that can roll back (add `rollback: { hook: NAME }`, or write `on_failure: notify`)'],
  },
];
test.for(rows)('says what is wrong with $name', ({ more, says }) => {
  expect(wrongWith(aFile(more), context)).toEqual(says);
});
