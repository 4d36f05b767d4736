/** How items are packed into a text, and what one of them takes unpacked, in bytes. */
export type Packing<T> = {
  readonly pack: (items: readonly T[]) => string;
  readonly unpack: (packed: string) => readonly T[];
  readonly bytesOf: (item: T) => number;
};

/** How many items are packed at a time. An array that grows one by one has room for 41. */
const chunkLength = 40;
/** What a text and the place that it is kept in take, and what a column without items takes. */
const [chunkBytes, columnBytes] = [36, 300];

/** A list that grows at its end. All but its newest items are packed, so that a number takes two or three bytes instead of ten or more. */
export class GrowingColumn<T> {
  readonly #packing: Packing<T>;
  readonly #chunks: string[] = [];
  #newest: T[] = [];
  #packedBytes = 0;

  constructor(packing: Packing<T>, items: readonly T[]) {
    this.#packing = packing;
    this.push(items);
  }

  get length(): number {
    return chunkLength * this.#chunks.length + this.#newest.length;
  }

  push(items: readonly T[]): void {
    for (const item of items) {
      this.#newest.push(item);
      if (this.#newest.length < chunkLength) continue;
      const packed = this.#packing.pack(this.#newest);
      this.#chunks.push(packed);
      this.#packedBytes += chunkBytes + packed.length;
      this.#newest = [];
    }
  }

  /** The items `chunkLength·chunk` and those that follow it, as far as they are packed or kept together. */
  chunkAt(chunk: number): readonly T[] {
    const packed = this.#chunks[chunk];
    if (packed !== undefined) return this.#packing.unpack(packed);
    return chunk === this.#chunks.length ? this.#newest : [];
  }

  /** About how much memory it takes. */
  bytes(): number {
    return this.#newest.reduce((sum, item) => sum + this.#packing.bytesOf(item), columnBytes + this.#packedBytes);
  }
}

/** The items that a column had when it was looked at. Items that follow each other are unpacked together. */
export class ColumnView<T> {
  readonly #column: GrowingColumn<T>;
  readonly length: number;
  #chunk = -1;
  #items: readonly T[] = [];
  #all: readonly T[] | null = null;

  constructor(column: GrowingColumn<T>) {
    this.#column = column;
    this.length = column.length;
  }

  /** Item `i`; `null` before the first and after the last one. */
  at(i: number): T | null {
    if (i < 0 || i >= this.length) return null;
    const chunk = Math.floor(i / chunkLength);
    if (chunk !== this.#chunk) [this.#chunk, this.#items] = [chunk, this.#column.chunkAt(chunk)];
    return this.#items[i % chunkLength] ?? null;
  }

  /** All items, unpacked. */
  all(): readonly T[] {
    this.#all ??= Array.from({ length: Math.ceil(this.length / chunkLength) }, (_, chunk) => this.#column.chunkAt(chunk))
      .flat()
      .slice(0, this.length);
    return this.#all;
  }
}
