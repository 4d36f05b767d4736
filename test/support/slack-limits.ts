/** Why Slack would refuse a text: it is empty, too long, of a wrong type, or not well-formed. */
function textProblems(text: unknown, at: string, { types, max }: { readonly types: readonly string[]; readonly max: number }): string[] {
  if (typeof text !== 'object' || text === null || !('type' in text) || !('text' in text)) return [`missing text object [${at}]`];
  const problems = types.includes(String(text.type)) ? [] : [`text may not be ${String(text.type)} [${at}/type]`];
  if (typeof text.text !== 'string' || text.text.length === 0) return [...problems, `must be more than 0 characters [${at}/text]`];
  if (text.text.length > max) problems.push(`must be less than ${max + 1} characters [${at}/text]`);
  if (!text.text.isWellFormed()) problems.push(`is not well-formed [${at}/text]`);
  return problems;
}

type Part = Readonly<Record<string, unknown>>;

function buttonProblems(button: Part, at: string): string[] {
  const problems = textProblems(button.text, `${at}/text`, { types: ['plain_text'], max: 75 });
  const within = (name: string, max: number) => {
    const value = button[name];
    if (value !== undefined && (typeof value !== 'string' || value.length === 0 || value.length > max))
      problems.push(`is too long [${at}/${name}]`);
  };
  within('value', 2_000);
  within('url', 3_000);
  within('action_id', 255);
  if (button.type !== 'button') problems.push(`is not a button [${at}]`);
  if (button.style !== undefined && button.style !== 'primary' && button.style !== 'danger') problems.push(`unknown style [${at}/style]`);
  if (button.confirm === undefined) return problems;
  const confirm = button.confirm as Part;
  const plain = ['plain_text'];
  return [
    ...problems,
    ...textProblems(confirm.title, `${at}/confirm/title`, { types: plain, max: 100 }),
    ...textProblems(confirm.text, `${at}/confirm/text`, { types: ['plain_text', 'mrkdwn'], max: 300 }),
    ...textProblems(confirm.confirm, `${at}/confirm/confirm`, { types: plain, max: 30 }),
    ...textProblems(confirm.deny, `${at}/confirm/deny`, { types: plain, max: 30 }),
  ];
}

function problemsOfBlock(block: Part, at: string): string[] {
  const elements = (block.elements ?? []) as Part[];
  switch (block.type) {
    case 'header':
      return textProblems(block.text, `${at}/text`, { types: ['plain_text'], max: 150 });
    case 'section':
      return textProblems(block.text, `${at}/text`, { types: ['plain_text', 'mrkdwn'], max: 3_000 });
    case 'context':
      if (elements.length < 1 || elements.length > 10) return [`must have 1 to 10 elements [${at}/elements]`];
      return elements.flatMap((one, i) => textProblems(one, `${at}/elements/${i}`, { types: ['plain_text', 'mrkdwn'], max: 2_000 }));
    case 'actions': {
      if (elements.length < 1 || elements.length > 25) return [`must have 1 to 25 elements [${at}/elements]`];
      const ids = elements.flatMap(({ action_id }) => (action_id === undefined ? [] : [action_id]));
      const duplicates = new Set(ids).size < ids.length ? [`action_id appears twice [${at}]`] : [];
      return [...duplicates, ...elements.flatMap((one, i) => buttonProblems(one, `${at}/elements/${i}`))];
    }
    default:
      return [`unsupported type: ${String(block.type)} [${at}]`];
  }
}

/** The maximum length of all blocks of a message. Slack does not document it; users measured it. */
const maxTotalLength = 13_200;

/** Why Slack would refuse the blocks of a message and of its attachments; empty if it accepts them. */
export function blockProblems(blocks: readonly unknown[], attachments: readonly unknown[]): readonly string[] {
  const inner = attachments.flatMap((one) => ((one as Part).blocks ?? []) as Part[]);
  const problems = [
    ...(blocks as Part[]).flatMap((block, i) => problemsOfBlock(block, `/blocks/${i}`)),
    ...inner.flatMap((block, i) => problemsOfBlock(block, `/attachments/blocks/${i}`)),
  ];
  if (blocks.length > 50 || inner.length > 50) problems.push('no more than 50 items allowed [/blocks]');
  if (JSON.stringify([blocks, inner]).length > maxTotalLength) problems.push('msg_blocks_too_long');
  return problems;
}
