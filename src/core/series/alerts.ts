/**
 * One stretch of time in which one alert was active: pending or firing. Two runs with the same labels belong to the same alert. Instants are epoch
 * milliseconds by the clock of the server.
 */
export type AlertRun = {
  /** The name of the alert, such as `HighErrorRate`. */
  readonly name: string;
  /** One sentence for people; empty where the vendor has none. It becomes a part of a verdict's reason, so it must hold no secret. */
  readonly summary: string;
  /** What tells this alert from others of the same rule. A vendor without labels makes up one, such as the id of the monitor and its group. */
  readonly labels: Readonly<Record<string, string>>;
  /** Since when its condition has been true without a break, pending included. A vendor without pending alerts repeats `firingAt`. */
  readonly activeAt: number;
  /** Since when it fires; `null`: it is, or was until its end, only pending. */
  readonly firingAt: number | null;
  /** When it ended; `null`: it is still active at the end of the window. */
  readonly endedAt: number | null;
  /** Why nobody is notified of it, as one word: `silenced`, `inhibited`, `muted`. `null`: people are notified. */
  readonly muted: string | null;
};

/** The answer to a question about alerts. `docs/how-to/add-a-provider.md` says how a provider fills it in. */
export type AlertAnswer = {
  readonly shape: 'alerts';
  /** Always empty: alerts are no series. */
  readonly series: readonly never[];
  /** Every run that overlaps the window or its lookback. Inactive alerts are left out. */
  readonly alerts: readonly AlertRun[];
  /**
   * Why the state of the alerts is not known: "no alerting rule matches alertname=X", "the rule X cannot be evaluated", "the alarm has too little data".
   * `null`: it is known, and no run in the list means inactive.
   */
  readonly unknown: string | null;
  /**
   * Since when the list is complete. A vendor that only says what is active now has no list of what ended before: it names the begin of the newest tick. A
   * tick before this instant, in which no listed alert is active, is unknown and not inactive. `null`: complete for the whole window.
   */
  readonly knownFrom: number | null;
};
