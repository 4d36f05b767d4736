import { blockProblems } from './slack-limits.ts';
import { type SeenRequest, type StubReply, startStubServer } from './stub-server.ts';

/** A message in the fake. */
export type SlackMessage = {
  readonly channel: string;
  readonly ts: string;
  text: string;
  blocks: readonly unknown[];
  attachments: readonly unknown[];
  metadata: unknown;
  readonly thread_ts?: string;
  readonly isBroadcast: boolean;
  /** The number of edits. */
  edits: number;
  readonly files: readonly { readonly id: string; readonly name: string }[];
};

export type SlackCall = { readonly method: string; readonly args: Readonly<Record<string, string>> };
type Reply = Exclude<StubReply, string>;

/** What goes wrong with a call: the answer that replaces the real one, and whether the call is still performed. */
export type SlackTrouble = { readonly reply: StubReply; readonly performed?: boolean };

export type FakeSlack = Awaited<ReturnType<typeof startFakeSlack>>;

const scopes: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.history': 'channels:history',
  'conversations.replies': 'channels:history',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
};

/**
 * A fake of the Web API of Slack with one bot in one channel. Bodies may be forms or JSON. Its own answers have status 200. An update with text and without
 * blocks removes the blocks. Metadata is returned only on request. `at` is the time of the first message in Unix seconds.
 */
export async function startFakeSlack({ at = 1_795_226_400 }: { readonly at?: number } = {}) {
  const server = await startStubServer();
  const world = {
    token: 'xoxb-not-a-real-token-1234567890',
    channel: 'C0123TEAM',
    messages: [] as SlackMessage[],
    calls: [] as SlackCall[],
    /** Uploaded files by id. */
    files: new Map<string, { name: string; alt: string; png: Buffer; isShared: boolean }>(),
    /** The scopes that the token lacks. */
    lacks: new Set<string>(),
    /** Called before each call is performed. */
    trouble: (_: SlackCall): SlackTrouble | null => null,
    /** The answers to people through their `response_url`. */
    answers: [] as { url: string; body: Record<string, unknown> }[],
  };
  let clock = at;
  const nextTs = () => `${clock++}.000100`;
  server.reply((request) => {
    if (request.url.startsWith('/hooks/')) {
      world.answers.push({ url: request.url, body: JSON.parse(request.body) as Record<string, unknown> });
      return { body: 'ok' };
    }
    if (request.url.startsWith('/upload/')) return receive(request);
    const call = { method: request.url.replace('/api/', ''), args: argsOf(request) };
    world.calls.push(call);
    const trouble = world.trouble(call);
    if (trouble !== null && !trouble.performed) return trouble.reply;
    const reply = perform(request, call);
    return trouble?.reply ?? reply;
  });

  function perform(request: SeenRequest, { method, args }: SlackCall): Reply {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? args.token;
    if (token === undefined) return refused('not_authed');
    if (token !== world.token) return refused('invalid_auth');
    const scope = scopes[method];
    if (scope === undefined) return refused('unknown_method');
    if (world.lacks.has(scope)) return refused('missing_scope', { needed: scope, provided: 'chat:write' });
    switch (method) {
      case 'chat.postMessage':
        return post(args);
      case 'chat.update':
        return update(args);
      case 'conversations.history':
      case 'conversations.replies':
        return page(method, args);
      case 'files.getUploadURLExternal':
        return place(args);
      default:
        return share(args);
    }
  }

  function post(args: SlackCall['args']): Reply {
    if (args.channel !== world.channel) return refused('channel_not_found');
    const problems = problemsOf(args);
    if (problems !== null) return problems;
    const message: SlackMessage = {
      channel: args.channel,
      ts: nextTs(),
      ...contentOf(args),
      ...(args.thread_ts !== undefined && { thread_ts: args.thread_ts }),
      isBroadcast: args.thread_ts !== undefined && args.reply_broadcast === 'true',
      edits: 0,
      files: [],
    };
    world.messages.push(message);
    return { body: { ok: true, channel: message.channel, ts: message.ts, message: { text: message.text, blocks: message.blocks } } };
  }

  function update(args: SlackCall['args']): Reply {
    if (args.channel !== world.channel) return refused('channel_not_found');
    const message = world.messages.find(({ ts }) => ts === args.ts);
    if (message === undefined) return refused('message_not_found');
    const problems = problemsOf(args);
    if (problems !== null) return problems;
    Object.assign(message, contentOf(args), { edits: message.edits + 1 });
    return { body: { ok: true, channel: message.channel, ts: message.ts, text: message.text } };
  }

  function page(method: string, args: SlackCall['args']): Reply {
    if (args.channel !== world.channel) return refused('channel_not_found');
    const inThread = ({ ts, thread_ts }: SlackMessage) => ts === args.ts || thread_ts === args.ts;
    const inChannel = ({ thread_ts, isBroadcast }: SlackMessage) => thread_ts === undefined || isBroadcast;
    const isReplies = method === 'conversations.replies';
    const all = world.messages
      .filter((one) => (isReplies ? inThread(one) : inChannel(one)))
      .filter(({ ts }) => Number(ts) > Number(args.oldest ?? 0));
    const ordered = isReplies ? all : all.toReversed();
    const [from, limit] = [Number(args.cursor ?? 0), Number(args.limit ?? 100)];
    const shown = ordered.slice(from, from + limit).map(({ metadata, files, ...message }) => ({
      ...message,
      type: 'message',
      ...(files.length > 0 && { files }),
      ...(args.include_all_metadata === 'true' && { metadata }),
    }));
    const more = from + limit < ordered.length;
    return { body: { ok: true, messages: shown, has_more: more, response_metadata: { next_cursor: more ? String(from + limit) : '' } } };
  }

  function place(args: SlackCall['args']): Reply {
    if (!args.filename || !(Number(args.length) > 0)) return refused('invalid_arguments');
    const id = `F${world.files.size + 1}`;
    world.files.set(id, { name: args.filename, alt: args.alt_txt ?? '', png: Buffer.alloc(0), isShared: false });
    return { body: { ok: true, file_id: id, upload_url: `${server.url}/upload/${id}` } };
  }

  function receive({ url, bytes }: SeenRequest): Reply {
    const file = world.files.get(url.replace('/upload/', ''));
    if (file === undefined) return { status: 404 };
    file.png = bytes;
    return { body: `OK - ${bytes.length}` };
  }

  function share(args: SlackCall['args']): Reply {
    const requested = JSON.parse(args.files ?? '[]') as { id: string }[];
    const files = requested.flatMap(({ id }) => {
      const file = world.files.get(id);
      if (file === undefined || file.png.length === 0) return [];
      file.isShared = true;
      return [{ id, name: file.name }];
    });
    if (files.length !== requested.length || files.length === 0) return refused('file_not_found');
    const thread = args.thread_ts === undefined ? {} : { thread_ts: args.thread_ts };
    const content = { text: '', blocks: [], attachments: [], metadata: null, isBroadcast: false, edits: 0 };
    world.messages.push({ channel: args.channel_id ?? '', ts: nextTs(), ...thread, ...content, files });
    return { body: { ok: true, files } };
  }

  return Object.assign(world, {
    url: server.url,
    /** The value for the option `api`. */
    api: `${server.url}/api`,
    requests: server.requests,
    /** The messages in the channel that are in no thread, oldest first. */
    roots: () => world.messages.filter(({ thread_ts }) => thread_ts === undefined),
    repliesTo: (ts: string) => world.messages.filter(({ thread_ts, files }) => thread_ts === ts && files.length === 0),
    close: () => server.close(),
  });
}

/** A refusal by Slack. */
export function refused(error: string, more: object = {}): Reply {
  return { body: { ok: false, error, ...more } };
}

function contentOf(args: SlackCall['args']) {
  return {
    text: args.text ?? '',
    blocks: list(args.blocks),
    attachments: list(args.attachments),
    metadata: args.metadata === undefined ? null : (JSON.parse(args.metadata) as unknown),
  };
}

function list(text: string | undefined): readonly unknown[] {
  return text === undefined ? [] : (JSON.parse(text) as unknown[]);
}

function problemsOf(args: SlackCall['args']): Reply | null {
  const { text, blocks, attachments } = contentOf(args);
  if (text === '' && blocks.length === 0 && attachments.length === 0) return refused('no_text');
  if (text.length > 40_000) return refused('msg_too_long');
  const errors = blockProblems(blocks, attachments);
  return errors.length === 0 ? null : refused('invalid_blocks', { errors });
}

function argsOf({ headers, body }: SeenRequest): SlackCall['args'] {
  if (!headers['content-type']?.startsWith('application/json')) return Object.fromEntries(new URLSearchParams(body));
  const entries = Object.entries(JSON.parse(body) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));
}
