/** The part of a process that receives signals. */
export type SignalSource = {
  on(name: StopSignal | 'SIGHUP', listener: () => void): unknown;
  exit(code: number): unknown;
};

const stopSignals = ['SIGINT', 'SIGTERM'] as const;
type StopSignal = (typeof stopSignals)[number];

/** Resolves with the name of the first SIGINT or SIGTERM. A second one ends the process at once, with exit code 1. */
export function untilStopSignal(source: SignalSource = process): Promise<string> {
  return new Promise((resolve) => {
    let count = 0;
    for (const name of stopSignals) {
      source.on(name, () => {
        count++;
        if (count > 1) source.exit(1);
        resolve(name);
      });
    }
  });
}

/** Calls the listener at every SIGHUP, which no longer ends the process: a closed terminal or a log rotation must not stop the watch over deploys. */
export function onHangup(listener: () => void, source: SignalSource = process): void {
  source.on('SIGHUP', listener);
}

/** Returns an `AbortSignal` that aborts at the first Ctrl-C or SIGTERM. A second signal of the same kind ends the process, as is the default. */
export function abortOnStopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of stopSignals) process.once(name, () => stopping.abort());
  return stopping.signal;
}
