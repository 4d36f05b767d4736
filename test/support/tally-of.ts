import { addToTally, emptyTally, type SeriesTally } from '../../src/core/judge/series-tally.ts';
import { shapeOf, tickAt } from '../../src/core/series/tick.ts';
import { lengthOf, type Ticks } from '../../src/core/series/ticks.ts';

/** The tally of the first `end` ticks. */
export function tallyOf(ticks: Ticks, end = lengthOf(ticks), blockTicks = 1): SeriesTally {
  let tally = emptyTally(blockTicks);
  for (let i = 0; i < Math.min(end, lengthOf(ticks)); i++) tally = addToTally(tally, tickAt(ticks, i), shapeOf(ticks));
  return tally;
}
