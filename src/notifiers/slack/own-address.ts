/**
 * Whether an address from an answer of Slack is an https address of Slack, or has the origin of the configured Web API. Any other address could make this
 * server send requests to any machine that it can reach.
 */
export function isOwnAddress(text: string, kind: 'hooks' | 'files', base: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.origin === new URL(base).origin) return true;
  return url.protocol === 'https:' && url.port === '' && [`${kind}.slack.com`, `${kind}.slack-gov.com`].includes(url.hostname);
}
