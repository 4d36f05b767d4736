import { GrowingTicks } from '../series/growing-ticks.ts';
import type { Stretch, Ticks } from '../series/ticks.ts';
import type { Measurement, MeasurementPhase } from './measurement.ts';

/** What is stored of one check in one phase: its ticks so far, and up to when it has been answered. */
export type JoinedTicks = { readonly bake: Stretch | null; readonly control: Stretch | null; readonly askedUntil: number };

/** Which check, in which phase, from which instant on, and how long a tick is. */
export type JoinRequest = { readonly check: string; readonly phase: MeasurementPhase; readonly from: number; readonly stepMs: number };

/** The answer to a question: its window, and the ticks. */
export type WindowTicks = Pick<Measurement, 'check' | 'phase' | 'window' | 'ticks' | 'control'>;

/** The ticks of one check in one phase, which grow in place from pass to pass. */
export class CheckColumns {
  readonly #place: Pick<Stretch, 'startAt' | 'stepMs'>;
  readonly #bake = new GrowingTicks();
  #control: GrowingTicks | null = null;
  #askedUntil: number;

  /** Begins with a check's stored measurements; see `joinMeasurements`. */
  constructor(measurements: readonly WindowTicks[], { check, phase, from, stepMs }: JoinRequest) {
    this.#place = { startAt: from, stepMs };
    this.#askedUntil = from;
    for (const m of measurements) {
      if (m.check !== check || m.phase !== phase || m.ticks === null || m.window.from !== this.#askedUntil) continue;
      if (!this.#bake.grow(m.ticks)) continue;
      // A control whose buckets have nothing in common with what it had before starts again.
      if (m.control !== null && !this.#growControl(m.control)) this.#control = null;
      this.#askedUntil = m.window.to;
    }
  }

  /** All ticks so far. */
  joined(): JoinedTicks {
    const placed = (ticks: Ticks | null) => ticks && { ...this.#place, ticks };
    return { bake: placed(this.#bake.whole()), control: placed(this.#control?.whole() ?? null), askedUntil: this.#askedUntil };
  }

  /** Appends the ticks of the next window. Returns false, and changes nothing, where they do not fit. */
  grow(ticks: Ticks, control: Ticks | null, to: number): boolean {
    if (!this.#bake.fits(ticks) || (control !== null && this.#control?.fits(control) === false)) return false;
    this.#bake.grow(ticks);
    if (control !== null) this.#growControl(control);
    this.#askedUntil = to;
    return true;
  }

  /** About how much memory they take. */
  bytes(): number {
    return this.#bake.bytes() + (this.#control?.bytes() ?? 0);
  }

  #growControl(ticks: Ticks): boolean {
    this.#control ??= new GrowingTicks();
    return this.#control.grow(ticks);
  }
}

/**
 * Joins a check's stored measurements, oldest first. Each continues where the one before ended. If one has no answer, the next one covers its ticks.
 * A stored tick is never replaced.
 */
export function joinMeasurements(measurements: readonly WindowTicks[], request: JoinRequest): JoinedTicks {
  return new CheckColumns(measurements, request).joined();
}
