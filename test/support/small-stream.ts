/** A stream of events at `/events` that says nothing but hello, and that a test can cut. */
export function createSmallStream() {
  const readers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  return {
    /** The answer to a request for the stream; `null` for any other. */
    answer(request: Request): Response | null {
      if (new URL(request.url).pathname !== '/events') return null;
      let own: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          own = controller;
          readers.add(controller);
          controller.enqueue(new TextEncoder().encode('event: hello\ndata: {}\n\n'));
        },
        cancel: () => void readers.delete(own),
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
    },
    /** Ends all connections. A browser connects again. */
    cut(): void {
      for (const reader of readers) reader.close();
      readers.clear();
    },
  };
}

/** An expression for a page: resolves once it follows the stream, or at once where it does not. */
export const isLive = `new Promise((resolve) => {
  const live = document.querySelector('.live');
  if (live === null || live.textContent === 'Live') return resolve(true);
  new MutationObserver(() => live.textContent === 'Live' && resolve(true)).observe(live, { childList: true, characterData: true, subtree: true });
})`;
