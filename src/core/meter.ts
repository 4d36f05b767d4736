/** What the shell counts and times. Labels are few and never a release or a deploy. */
export interface Meter {
  measured(labels: { readonly provider: string; readonly outcome: string }): void;
  asked(labels: { readonly provider: string; readonly outcome: string }, seconds: number): void;
  ticked(seconds: number, lagSeconds: number): void;
  attempted(labels: { readonly kind: string; readonly plugin: string; readonly outcome: string }): void;
  gaveUp(labels: { readonly kind: string; readonly plugin: string }): void;
  moved(state: string): void;
  /** Measurements that were too old to be kept. */
  pruned(measurements: number): void;
}
