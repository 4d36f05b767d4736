/** Structured logging: the message is a constant, and everything that varies is a field. Core, analyzers and ports never log. */
export interface Log {
  /** A person must act now. A healthy system logs none. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** The system recovers by itself. A few a day are normal. */
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** Transitions, starts, stops. */
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
}
