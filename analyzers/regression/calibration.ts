import { z } from 'zod';

const Side = z.enum(['up', 'down']);
const Numbers = z.array(z.number());

/** What the history of one counted series teaches, for one direction. */
const CountsSeriesModel = z.object({
  /** The bucket bound whose slower requests are counted; -1 where there is one series only. */
  column: z.number().int(),
  expected: z.number(),
  /** The tolerated share or rate, with all margins. It is the null hypothesis of the test. */
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
  /** How many samples a bake has with the traffic of the past; older calibrations lack it. */
  perBake: z.number().exactOptional(),
  /** The tolerated rate in the one test at the planned end, and the overdispersion there; older calibrations lack them. */
  endTolerated: z.number().exactOptional(),
  endPhi: z.number().exactOptional(),
  /** Beside a control: how surely the past tells the level of a bake (`PastLevel`); missing where it does not, and in older calibrations. */
  level: z.object({ rate: z.number(), events: z.number() }).exactOptional(),
});
const CountsModel = z.object({ law: z.literal('counts'), side: Side, isShare: z.boolean(), streams: z.array(CountsSeriesModel) });

/**
 * Numbers, and events without exposure, are compared with their forecast. The fields of `Measure` define the unit of the score; a score above
 * `threshold` fails. `top` holds the largest of the `replayed` healthy scores, `usual` is their 95 % quantile.
 */
const LineModel = z.object({
  law: z.literal('line'),
  side: z.enum(['up', 'down', 'both']),
  windows: Numbers,
  questions: z.array(z.enum(['forecast', 'step'])),
  spread: Numbers,
  phi: z.number(),
  noise: Numbers,
  slack: z.number(),
  least: z.number(),
  /** The minimum effect as a number, and, where both directions are worse, the unit of a fall in units of a rise; older calibrations lack them. */
  leastBy: z.number().exactOptional(),
  fall: z.number().exactOptional(),
  startAt: z.number(),
  stepMs: z.number(),
  historyMs: z.number(),
  /** One number for each tick from `startAt` on; it reaches beyond the end of the bake. */
  forecast: Numbers,
  /** Other forecasts that are nearly as good; older calibrations have none. */
  rivals: z.array(Numbers).exactOptional(),
  /** The newest numbers of the past, oldest first. */
  before: z.array(z.number().nullable()),
  threshold: z.number(),
  replayed: z.number(),
  usual: z.number(),
  top: Numbers,
  /** What the forecast is made from. */
  method: z.string(),
  /** Events only: the one test of all of them at the planned end; older calibrations lack it. */
  end: z
    .object({ ticks: z.number().int(), phi: z.number(), noise: z.number(), minExpected: z.number(), limit: z.number(), top: Numbers })
    .exactOptional(),
});

/**
 * The same on a logarithmic scale (`logScale`), for falls: `forecast`, `before`, `spread` and all others are in its unit. A version that does not know this
 * law learns again.
 */
const LogModel = LineModel.extend({
  law: z.literal('log'),
  /** The number that the scale takes for 1. */
  reference: z.number(),
});

const OneSidedModel = z.discriminatedUnion('law', [CountsModel, LineModel, LogModel]);

/** What a check learned from its history when its bake began. Plain JSON, frozen with the bake. */
export const Calibration = z.object({ version: z.literal(1), alpha: z.number(), arms: z.array(OneSidedModel) });
export type Calibration = z.output<typeof Calibration>;
export type OneSidedModel = z.output<typeof OneSidedModel>;
export type CountsSeriesModel = z.output<typeof CountsSeriesModel>;
export type CountsModel = z.output<typeof CountsModel>;
export type GaugeModel = z.output<typeof LineModel> | z.output<typeof LogModel>;
