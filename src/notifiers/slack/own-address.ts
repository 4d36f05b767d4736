/**
 * Whether an address that Slack (or one who says to be Slack) handed us leads to one of its hosts, by https; or to where the operator says that Slack's
 * Web API is. Anything else could make this server call any machine it can reach.
 */
export function isOwnAddress(text: string, kind: 'hooks' | 'files', base: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.origin === new URL(base).origin) return true;
  return url.protocol === 'https:' && url.port === '' && [`${kind}.slack.com`, `${kind}.slack-gov.com`].includes(url.hostname);
}
