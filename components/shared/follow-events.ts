const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

type Handlers = {
  /** `id` is what the server called the message, empty when it gave none. */
  readonly onMessage: (data: string, id: string) => void;
  readonly onOpen?: () => void;
  /** Called when the connection broke or was refused, with how many times in a row: a message ends the row. */
  readonly onBreak?: (failures: number) => void;
};

/**
 * Follows server-sent events. Whatever ends the connection, an error instead of a stream included, after which a browser
 * does not try again by itself, it is made anew after waits that grow; `addressOf` is asked for each.
 * @returns what ends it
 */
export function followEvents(addressOf: () => string, { onMessage, onOpen, onBreak }: Handlers): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isStopped = false;

  function connect() {
    source = new EventSource(addressOf());
    source.onopen = () => onOpen?.();
    source.onmessage = ({ data, lastEventId }) => {
      failures = 0;
      onMessage(String(data), lastEventId);
    };
    source.onerror = () => {
      source?.close();
      failures += 1;
      onBreak?.(failures);
      if (!isStopped) timer = setTimeout(connect, waitAfter(failures));
    };
  }

  connect();
  return () => {
    isStopped = true;
    source?.close();
    clearTimeout(timer);
  };
}

/** Doubles up to half a minute; a little off the beat, so that not everybody returns to a restarted server at once. */
function waitAfter(failures: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return wait * (0.75 + Math.random() / 2);
}
