/** What the shop's customers got in some stretch of time. `lost`: nobody answered, as while the shop restarts. */
export type ServedCounts = { readonly ok: number; readonly bad: number; readonly lost: number };

/** Reads the load generator's lines (one a second) and remembers them. */
export type Customers = {
  readonly hear: (line: string) => void;
  /** What was served in the last so many seconds. */
  readonly last: (seconds: number) => ServedCounts;
};

const line = /^\{"ok":(\d+),"bad":(\d+),"lost":(\d+)\}$/;

export function createCustomers(): Customers {
  const seconds: ServedCounts[] = [];
  return {
    hear(text) {
      const [, ok, bad, lost] = line.exec(text) ?? [];
      if (ok !== undefined) seconds.push({ ok: Number(ok), bad: Number(bad), lost: Number(lost) });
    },
    last(count) {
      let total: ServedCounts = { ok: 0, bad: 0, lost: 0 };
      for (const { ok, bad, lost } of seconds.slice(-count)) total = { ok: total.ok + ok, bad: total.bad + bad, lost: total.lost + lost };
      return total;
    },
  };
}

/** The share of answers that were errors; `NaN` where nothing was answered. */
export function errorShare({ ok, bad }: ServedCounts): number {
  return bad / (ok + bad);
}
