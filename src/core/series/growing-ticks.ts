import { bytesOf, type PackedColumns, packTicks, pushTicks, viewOf } from './packed-columns.ts';
import { appendTicks, canAppend, haveSameColumns, lengthOf, missingTicks, type Ticks, valueTicks } from './ticks.ts';

/** Ticks that grow at their end, in place. A tick costs the same whatever their length is, and older ticks are kept packed. */
export class GrowingTicks {
  #own: PackedColumns | null = null;
  /** The values of a split grow with the whole; one that is missing in an answer has missing ticks. */
  #values: Map<string, GrowingTicks> | null = null;
  #label: string | null = null;

  /** Whether `grow` would take these ticks. */
  fits(more: Ticks): boolean {
    return this.#own === null || canAppend(this.#own, more);
  }

  /** Appends ticks. Returns false, and changes nothing, where they do not fit: another kind, or a histogram without a bound in common. */
  grow(more: Ticks): boolean {
    const known = more.split === undefined ? null : this.#view();
    if (!this.#growWhole(more)) return false;
    this.#growValues(known, more);
    return true;
  }

  /** All ticks so far; `null`: there are none. */
  whole(): Ticks | null {
    const view = this.#view();
    const label = this.#label;
    if (view === null || label === null) return view;
    const known = [...(this.#values ?? [])].flatMap(([value, one]) => {
      const own = one.whole();
      return own !== null && lengthOf(own) === lengthOf(view) ? [[value, own] as const] : [];
    });
    return Object.assign(view, { split: { label, values: known.map(([value]) => value), ticks: known.map(([, own]) => own) } });
  }

  clear(): void {
    this.#own = null;
    this.#values = null;
  }

  /** About how much memory they take. */
  bytes(): number {
    const own = this.#own === null ? 0 : bytesOf(this.#own);
    return [...(this.#values?.values() ?? [])].reduce((sum, one) => sum + one.bytes(), own);
  }

  #view(): Ticks | null {
    return this.#own === null ? null : viewOf(this.#own);
  }

  #growWhole(more: Ticks): boolean {
    if (this.#own !== null && haveSameColumns(this.#own, more)) {
      pushTicks(this.#own, more);
      return true;
    }
    const known = this.#view();
    const next = known === null ? more : appendTicks(known, more);
    if (next === null) return false;
    this.#own = packTicks(next);
    return true;
  }

  #growValues(before: Ticks | null, more: Ticks): void {
    this.#label = more.split?.label ?? this.#label;
    if (more.split !== undefined) this.#values ??= new Map();
    for (const value of more.split?.values ?? []) {
      if (this.#values?.has(value)) continue;
      const one = new GrowingTicks();
      // The whole has grown already: what it holds before these ticks is missing for a new value.
      if (before !== null) one.grow(missingTicks(before));
      this.#values?.set(value, one);
    }
    for (const [value, one] of this.#values ?? []) if (!one.grow(valueTicks(more, value) ?? missingTicks(more))) one.clear();
  }
}
