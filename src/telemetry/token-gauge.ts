import { Gauge, type Registry } from 'prom-client';

/** When a token ends. */
export type TokenEnd = { readonly name: string; readonly expiresAt: number };

/** Creates the gauge of the tokens that end soon or have just ended, and returns what sets it. */
export function createTokenGauge(registers: Registry[]): (ends: readonly TokenEnd[]) => void {
  const expiry = new Gauge({
    name: 'bakewatch_token_expiry_timestamp_seconds',
    help: 'When a token expires that does so in the next 7 days, or did so in the last 7 days.',
    labelNames: ['token'],
    registers,
  });
  return (ends) => {
    expiry.reset();
    for (const { name, expiresAt } of ends) expiry.set({ token: name }, expiresAt / 1000);
  };
}
