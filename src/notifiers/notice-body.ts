import type { Notice } from '../ports/notifier.ts';

/** The notice as receivers get it: in snake case, with the time in ISO 8601. `deploy_id` is null for a notice that is about no deploy. */
export function noticeBody({ deployId, at, isDigest, ...rest }: Notice) {
  const { id, topic, service, environment, version, title, summary, reasons, details, url, links } = rest;
  return {
    id,
    topic,
    at: new Date(at).toISOString(),
    deploy_id: isDigest ? null : deployId,
    service,
    environment,
    version,
    title,
    summary,
    reasons,
    details,
    url,
    links,
  };
}
