import type { Notice } from '../ports/notifier.ts';

/** The notice as receivers get it: in snake case, with the time in ISO 8601. */
export function noticeBody({ deployId, at, ...rest }: Notice) {
  const { id, topic, service, environment, version, title, summary, reasons, details, url, links } = rest;
  return {
    id,
    topic,
    at: new Date(at).toISOString(),
    deploy_id: deployId,
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
