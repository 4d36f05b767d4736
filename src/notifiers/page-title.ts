import type { Notice } from '../ports/notifier.ts';

/** What the link to a notice's page says. A digest links to the worst of its deploys. */
export function pageTitle({ isDigest }: Notice): string {
  return isDigest ? 'Open the worst of them' : 'Open the deploy';
}
