/** Structured logging: the message is a constant, everything that varies is a field. Core, analyzers and ports never log. */
export interface Log {
  /** Wake a person: 0 in a healthy system. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** Heals by itself; a few a day. */
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** Transitions, starts, stops. */
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
}
