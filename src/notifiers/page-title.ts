import type { Notice } from '../ports/notifier.ts';

/** What the link to a notice's page says. */
export function pageTitle({ isDigest }: Notice): string {
  return isDigest ? 'Open Bakewatch' : 'Open the deploy';
}
