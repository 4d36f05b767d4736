/**
 * The pattern of every name that may reach a command line, a query or a URL: services, environments, versions, commits, images.
 * A name starts with a letter or digit, so it can never be an option. It has no character with a meaning in a shell, PromQL or NRQL string.
 */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._+@:/=~-]{0,199}$/;

/** Returns what is wrong with a name, or `null` if it is valid. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'is empty';
  if (name.length > 200) return `is ${name.length} characters long, the maximum is 200`;
  if (namePattern.test(name)) return null;
  return 'must start with a letter or digit, and may contain only letters, digits and . _ + @ : / = ~ -';
}
