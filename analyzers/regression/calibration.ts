import { z } from 'zod';

const Side = z.enum(['up', 'down']);
const Numbers = z.array(z.number());

/** What the history of one counted series teaches, for one direction. */
const CountsStream = z.object({
  /** The bucket bound whose slower requests are counted; -1 where there is one series only. */
  column: z.number().int(),
  expected: z.number(),
  /** What the evidence is held against: the share or rate that is tolerated, all taken together. */
  tolerated: z.number(),
  /** What a bake that passes must have ruled out: twice what is expected, or more. */
  harm: z.number(),
  phi: z.number(),
  /** The dispersion without bursts: for a comparison with a control. */
  calmPhi: z.number(),
  samples: z.number(),
  /** How many healthy pseudo deploys were replayed. */
  replayed: z.number(),
  /** How long before the deploy the baseline begins, in milliseconds. */
  windowMs: z.number(),
});
const CountsArm = z.object({ law: z.literal('counts'), side: Side, isShare: z.boolean(), streams: z.array(CountsStream) });

/** Events without exposure are counted against their forecast: `forecast` holds the events expected in each tick from `startAt` on. */
const FlowArm = z.object({
  law: z.literal('flow'),
  side: Side,
  startAt: z.number(),
  stepMs: z.number(),
  forecast: Numbers,
  tolerated: z.number(),
  phi: z.number(),
  historyMs: z.number(),
  /** How many healthy pseudo deploys were replayed, and how many of them stayed below what is tolerated. */
  replayed: z.number(),
  below: z.number(),
  method: z.string(),
});

/**
 * Numbers are compared with their forecast. `spread`: how far from it (and then from the ticks just before) the means of each of `windows` usually
 * go; `threshold`: how many times that is too far; `top` holds the largest of the `replayed` healthy scores, `usual` their 95 % quantile.
 */
const GaugeArm = z.object({
  law: z.literal('gauge'),
  side: z.enum(['up', 'down', 'both']),
  startAt: z.number(),
  stepMs: z.number(),
  historyMs: z.number(),
  forecast: Numbers,
  /** The newest numbers of the past, oldest first. */
  before: z.array(z.number().nullable()),
  windows: Numbers,
  spread: Numbers,
  /** Taken off each distance: the owner's tolerance, as a share of the forecast. */
  slack: z.number(),
  threshold: z.number(),
  replayed: z.number(),
  usual: z.number(),
  top: Numbers,
  method: z.string(),
});

const Arm = z.discriminatedUnion('law', [CountsArm, FlowArm, GaugeArm]);

/** What a check learned from its history when its bake began. Plain JSON, frozen with the bake. */
export const Calibration = z.object({ version: z.literal(1), alpha: z.number(), arms: z.array(Arm) });
export type Calibration = z.output<typeof Calibration>;
export type Arm = z.output<typeof Arm>;
export type CountsStream = z.output<typeof CountsStream>;
export type CountsArm = z.output<typeof CountsArm>;
export type FlowArm = z.output<typeof FlowArm>;
export type GaugeArm = z.output<typeof GaugeArm>;
