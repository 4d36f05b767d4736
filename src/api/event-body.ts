/** A server-sent event. `id`: where the client goes on when it connects again. */
export type ServerEvent = { readonly event: string; readonly id: number; readonly data: unknown };

/** The body of a stream of events. */
export type EventBody = {
  readonly stream: ReadableStream<Uint8Array>;
  /** Sends an event, or cuts the stream off where its reader is too slow. After the end, it does nothing. */
  send(event: ServerEvent): void;
  /** Sends a comment, so that proxies keep the connection. */
  beat(): void;
  end(): void;
  /** Aborts when the stream has ended, from either side. */
  readonly closed: AbortSignal;
};

/** What waits for a slow reader at most. */
const maxWaitingBytes = 512 * 1024;

/** `cutOff` closes the connection of a reader that is too slow: what waits for it is dropped. */
export function createEventBody(cutOff: () => void, maxBytes: number = maxWaitingBytes): EventBody {
  const closed = new AbortController();
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
      },
      cancel: () => closed.abort(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxBytes }),
  );
  const write = (text: string) => {
    if (closed.signal.aborted || controller === null) return;
    controller.enqueue(encoder.encode(text));
    if ((controller.desiredSize ?? 0) > 0) return;
    closed.abort();
    cutOff();
  };
  return {
    stream,
    send: ({ event, id, data }) => write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`),
    beat: () => write(': still here\n\n'),
    end() {
      if (closed.signal.aborted) return;
      controller?.close();
      closed.abort();
    },
    closed: closed.signal,
  };
}
