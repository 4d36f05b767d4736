import { expect, test } from 'vitest';
import { readClockSkews, skewWarnings } from '../../src/app/clock-skew.ts';

const now = 1_700_000_000_000;

type Case = {
  readonly name: string;
  /** How far the machine is ahead, and how far the database was set back. */
  readonly machine?: number;
  readonly setBack?: number;
  /** What the metrics server shows at least and at most, compared with the database. */
  readonly server?: readonly [number, number];
  readonly skews: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
};

const cases: readonly Case[] = [
  { name: 'all agree', server: [-900, 100], skews: { process: 0, database: 0, 'provider:prom': 0 }, warnings: [] },
  { name: 'the server has not answered yet', skews: { process: 0, database: 0 }, warnings: [] },
  {
    name: 'the server is a little behind',
    server: [-5_900, -5_000],
    skews: { process: 0, database: 0, 'provider:prom': -5_000 },
    warnings: [],
  },
  {
    name: 'the server is behind',
    server: [-40_900, -40_000],
    skews: { process: 0, database: 0, 'provider:prom': -40_000 },
    warnings: ["the clock of the provider prom is 40s behind the database's; its ticks are asked for later"],
  },
  {
    name: 'the server is ahead',
    server: [25_000, 26_000],
    skews: { process: 0, database: 0, 'provider:prom': 25_000 },
    warnings: ["the clock of the provider prom is 25s ahead of the database's; a bake may judge data from before its deploy"],
  },
  {
    name: 'the machine has jumped',
    machine: -3_600_000,
    skews: { process: -3_600_000, database: 0 },
    warnings: ["the clock of the server's machine is 1h behind the database's; bakes go by the database's"],
  },
  {
    name: 'the database was set back',
    setBack: 90_000,
    skews: { process: 0, database: -90_000 },
    warnings: ["the clock of the database was set back; until it catches up by 1m30s, the server's time runs at half speed"],
  },
];

test.for(cases)('$name', ({ machine = 0, setBack = 0, server, skews, warnings }) => {
  const clock = { now: () => now, skewMs: () => machine, aheadMs: () => setBack };
  const shown = server ? { earliest: now + server[0], latest: now + server[1] } : null;
  const provider = { fetchSeries: () => Promise.reject(new Error('not asked')), ping: async () => {} };
  const providers = new Map([
    ['prom', { provider, settleMs: 0, clock: { now: () => shown } }],
    ['probe', { provider, settleMs: 0 }],
  ]);
  const read = readClockSkews(clock, providers);
  expect(Object.fromEntries(read)).toEqual(skews);
  expect(skewWarnings(read)).toEqual(warnings);
});
