import type { Notice } from '../ports/notifier.ts';

/** Fields longer than this may be refused. */
const longest = 4_000;

/**
 * A notice as a call of change tracking: the beginning of a bake as a deployment, which gives the charts their marker; what became of it as an event of
 * the same group. Words travel as variables; the attributes stand in the query's text, quoted as JSON is, for that is how New Relic's docs have them
 * (its own client sends them as a variable, which others say is refused).
 */
export function changeOf(notice: Notice, entity: string) {
  const { topic, service, environment, version, deployId, at } = notice;
  const isStart = topic === 'started';
  const kind = isStart ? 'category: "Deployment", type: "Basic"' : 'category: "Operational", type: "Other"';
  const fields = isStart ? ', categoryFields: { deployment: { version: $version, deepLink: $link } }' : '';
  const attributes = Object.entries({ bakewatchTopic: topic, bakewatchVersion: version, bakewatchEnvironment: environment })
    .map(([name, value]) => `${name}: ${JSON.stringify(value.toWellFormed())}`)
    .join(', ');
  return {
    query: `mutation(${isStart ? '$version: String!, $link: String, ' : ''}$search: String!, $title: String, $description: String, $group: String) { \
changeTrackingCreateEvent(changeTrackingEvent: { categoryAndTypeData: { kind: { ${kind} }${fields} }, entitySearch: { query: $search }, \
shortDescription: $title, description: $description, groupId: $group, user: "bakewatch", timestamp: ${at}, customAttributes: { ${attributes} } }) \
{ changeTrackingEvent { changeTrackingId } messages } }`,
    variables: {
      ...(isStart && { version: cut(version), link: notice.url }),
      search: searchFor(entity, { service, environment }),
      title: cut(notice.title),
      description: cut([...notice.reasons, ...(notice.url === null ? [] : [notice.url])].join('\n')),
      group: deployId,
    },
  };
}

/** Names hold no quotes; were one to come all the same, it could not end the text that it stands in. */
function searchFor(entity: string, names: Readonly<Record<string, string>>): string {
  return entity.replace(/\{(service|environment)\}/g, (_, name: string) => (names[name] ?? '').replace(/[\\'"]/g, '\\$&'));
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
