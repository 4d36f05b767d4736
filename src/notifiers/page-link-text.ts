import type { Notice } from '../ports/notifier.ts';

/** The text of the link to a notice's page. A digest links to the worst of its deploys. */
export function pageLinkText({ isDigest }: Notice): string {
  return isDigest ? 'Open the worst of them' : 'Open the deploy';
}
