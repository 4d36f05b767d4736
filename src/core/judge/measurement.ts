import type { Window } from '../base/window.ts';
import type { Ticks } from '../series/ticks.ts';
import type { AskError, Verdict } from './verdict.ts';

/** The part of a bake that a measurement belongs to: the watch itself, or the watch over the recovery after a rollback. */
export type MeasurementPhase = 'baking' | 'verifying';

/** One check asked once: the window, the query as sent, what came back, and what the analyzers made of it. */
export type Measurement = {
  readonly check: string;
  readonly phase: MeasurementPhase;
  /** When it was asked, epoch milliseconds. */
  readonly at: number;
  readonly window: Window;
  readonly query: string;
  readonly result: Verdict | AskError;
  /** The window's ticks, or `null` where the provider could not be asked. The first stored value of a tick wins. */
  readonly ticks: Ticks | null;
  /** The old release running beside the new one, where the rules name a control. */
  readonly control: Ticks | null;
};
