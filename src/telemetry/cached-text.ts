/**
 * Keeps a text for a short time, because everyone may ask for it and each text costs a look into the database. Callers that ask meanwhile share one text.
 * A text that could not be made is not kept.
 */
export function createCachedText(make: () => Promise<string>, { keepMs, now }: { readonly keepMs: number; readonly now: () => number }) {
  let kept: { readonly text: Promise<string>; readonly until: number } | null = null;
  return async (): Promise<string> => {
    const at = now();
    if (kept !== null && at < kept.until && at >= kept.until - keepMs) return await kept.text;
    const one = { text: make(), until: at + keepMs };
    kept = one;
    try {
      return await one.text;
    } catch (error) {
      if (kept === one) kept = null;
      throw error;
    }
  };
}
