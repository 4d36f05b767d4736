/** The answers that the shop's customers got in a period. `lost`: requests without an answer, as while the shop restarts. */
export type ServedCounts = { readonly ok: number; readonly bad: number; readonly lost: number };

/** Reads and remembers the lines of the load generator: one for each second. */
export type Customers = {
  readonly hear: (line: string) => void;
  /** The answers of the last `seconds` seconds. */
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

/** The share of errors among the answers; `NaN` where there were no answers. */
export function errorShare({ ok, bad }: ServedCounts): number {
  return bad / (ok + bad);
}
