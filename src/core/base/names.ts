/**
 * The strict pattern of every name that may reach a command line, a query or a URL: services, environments, versions, commits, images.
 * It starts with a letter or digit (so it can never be an option) and holds nothing that a shell, PromQL or NRQL string gives a meaning to.
 */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._+@:/=~-]{0,199}$/;

/** Says what is wrong with a name, or `null` where nothing is. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'is empty';
  if (name.length > 200) return `is ${name.length} characters long, at most 200 are allowed`;
  if (namePattern.test(name)) return null;
  return 'must start with a letter or digit and hold only letters, digits and . _ + @ : / = ~ -';
}
