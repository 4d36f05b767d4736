/** An instant with its day, in UTC: "2026-03-14 09:26:53". */
export function formatInstant(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
