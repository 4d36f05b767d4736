const hidden = '[redacted]';

/** A text that cannot be printed by accident: logs, errors, JSON, templates and `util.inspect` show `[redacted]`. Only adapters call `reveal()`. */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return hidden;
  }
  toJSON(): string {
    return hidden;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden;
  }
}
