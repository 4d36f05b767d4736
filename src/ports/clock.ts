/** The only source of time. In the server it is the time of the database, and never goes back. `now` is epoch milliseconds, and is read once per pass. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once (without an error) when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
