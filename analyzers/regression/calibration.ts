import { z } from 'zod';

const Side = z.enum(['up', 'down']);
const Numbers = z.array(z.number());

/** What the history of one counted series teaches, for one direction. */
const CountsSeriesModel = z.object({
  /** The bucket bound whose slower requests are counted; -1 where there is one series only. */
  column: z.number().int(),
  expected: z.number(),
  /** The share or rate that is tolerated, everything included: the evidence is weighed against it. */
  tolerated: z.number(),
  /** The non-inferiority margin: to pass, this rate must be ruled out. */
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
const CountsModel = z.object({ law: z.literal('counts'), side: Side, isShare: z.boolean(), streams: z.array(CountsSeriesModel) });

/**
 * Numbers, or events without anything to count them against, are compared with their forecast. The fields of `Measure` say in what; `threshold`: how
 * many times that is too far; `top` holds the largest of the `replayed` healthy scores, `usual` is their 95 % quantile.
 */
const GaugeModel = z.object({
  law: z.literal('line'),
  side: z.enum(['up', 'down', 'both']),
  windows: Numbers,
  questions: z.array(z.enum(['forecast', 'step'])),
  spread: Numbers,
  phi: z.number(),
  noise: Numbers,
  slack: z.number(),
  least: z.number(),
  startAt: z.number(),
  stepMs: z.number(),
  historyMs: z.number(),
  /** One number a tick from `startAt` on, beyond the end of the bake. */
  forecast: Numbers,
  /** The newest numbers of the past, oldest first. */
  before: z.array(z.number().nullable()),
  threshold: z.number(),
  replayed: z.number(),
  usual: z.number(),
  top: Numbers,
  /** What the forecast is made from. */
  method: z.string(),
});

const OneSidedModel = z.discriminatedUnion('law', [CountsModel, GaugeModel]);

/** What a check learned from its history when its bake began. Plain JSON, frozen with the bake. */
export const Calibration = z.object({ version: z.literal(1), alpha: z.number(), arms: z.array(OneSidedModel) });
export type Calibration = z.output<typeof Calibration>;
export type OneSidedModel = z.output<typeof OneSidedModel>;
export type CountsSeriesModel = z.output<typeof CountsSeriesModel>;
export type CountsModel = z.output<typeof CountsModel>;
export type GaugeModel = z.output<typeof GaugeModel>;
