import type { IncomingHttpHeaders } from "node:http";

/** How a request ended: `left` when the caller hung up before the answer was out, `broken` when the scenario cut it. */
export type RequestEnd = "open" | "answered" | "left" | "broken";

/** A request as the provider saw it. Times are milliseconds of `performance.now()`. */
export type ProviderRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON, or an empty object. */
  readonly body: Record<string, unknown>;
  readonly text: string;
  /** What names the effect: the idempotency key, else what was asked first, else the path. */
  readonly key: string;
  /** How many requests with this key have come, this one included. */
  readonly turn: number;
  /** A later round of a conversation (tool results, a correction), not a new question. */
  readonly isFollowUp: boolean;
  readonly startedAt: number;
  endedAt: number | null;
  end: RequestEnd;
  /** The status that was answered with; null until a head is sent. */
  readonly status: number | null;
};

type Message = { role?: unknown; content?: unknown };

function messagesOf(body: Record<string, unknown>): Message[] {
  return Array.isArray(body.messages) ? body.messages : [];
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: unknown }) => (typeof part.text === "string" ? part.text : "")).join("");
}

/** What a chat or embedding request asks, without what came after it. */
export function questionOf(body: Record<string, unknown>): string | null {
  const asked = messagesOf(body).find((message) => message.role === "user");
  if (asked) return textOf(asked.content);
  return body.input === undefined ? null : JSON.stringify(body.input);
}

/** What the provider was asked, in order. */
export class Journal {
  readonly requests: ProviderRequest[] = [];
  private readonly turns = new Map<string, number>();

  note(request: Pick<ProviderRequest, "method" | "path" | "headers" | "body" | "text">): ProviderRequest {
    const header = request.headers["idempotency-key"];
    const key = (typeof header === "string" ? header : questionOf(request.body)) ?? request.path;
    const turn = (this.turns.get(key) ?? 0) + 1;
    this.turns.set(key, turn);
    const noted: ProviderRequest = {
      ...request,
      key,
      turn,
      isFollowUp: messagesOf(request.body).some((message) => message.role === "assistant"),
      startedAt: performance.now(),
      endedAt: null,
      end: "open",
      status: null,
    };
    this.requests.push(noted);
    return noted;
  }

  clear(): void {
    this.requests.length = 0;
    this.turns.clear();
  }

  /** The most requests that were open at the same time, among those that `isCounted` names. */
  mostAtOnce(isCounted: (request: ProviderRequest) => boolean = () => true): number {
    const moments = this.requests.filter(isCounted).flatMap((request) => [
      { at: request.startedAt, change: 1 },
      { at: request.endedAt ?? Number.POSITIVE_INFINITY, change: -1 },
    ]);
    let open = 0;
    let most = 0;
    for (const { change } of moments.sort((a, b) => a.at - b.at || a.change - b.change)) {
      open += change;
      most = Math.max(most, open);
    }
    return most;
  }
}
