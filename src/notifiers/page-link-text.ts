import type { Notice } from '../ports/notifier.ts';

/** The text of the link to a notice's page. A digest links to the worst of its deploys. */
export function pageLinkText({ topic, isDigest }: Notice): string {
  if (topic === 'frozen' || topic === 'unfrozen') return 'Open the freezes';
  return isDigest ? 'Open the worst of them' : 'Open the deploy';
}
