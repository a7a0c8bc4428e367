import type { APIRequestContext, APIResponse, PlaywrightWorkerArgs } from "@playwright/test";
import type { Graph } from "@/lib/workflows/graph";
import { type BuiltAction, builtActions } from "./build";

/** What a direct call of a server action came to. `code` is an error code, or where it redirects. */
export type ActionOutcome = {
  status: number;
  ok: boolean | null;
  code: string;
  data: unknown;
  error: unknown;
  text: string;
};

type Answer = { ok: boolean; data?: unknown; error?: { code: string } };

/** The action's own result among the lines of the response. */
function answerIn(text: string): Answer | null {
  const line = text.split("\n").find((part) => /^[0-9a-f]+:\{"ok":(true|false)/.test(part));
  return line ? (JSON.parse(line.slice(line.indexOf(":") + 1)) as Answer) : null;
}

/** Somebody who talks to the server without a browser: cookies, pages and actions as anybody could send them. */
export class Caller {
  constructor(
    readonly name: string,
    readonly request: APIRequestContext,
    readonly origin: string,
  ) {}

  static async make(
    playwright: PlaywrightWorkerArgs["playwright"],
    name: string,
    origin: string,
  ): Promise<Caller> {
    return new Caller(name, await playwright.request.newContext({ baseURL: origin }), origin);
  }

  get(path: string): Promise<APIResponse> {
    return this.request.get(path, { maxRedirects: 0 });
  }

  /** The page's text, for the ids in it. */
  async read(path: string): Promise<string> {
    const response = await this.get(path);
    if (response.status() !== 200) throw new Error(`${this.name} got ${response.status()} for ${path}`);
    return response.text();
  }

  /** Posts to an action as a form of ours does, or with other headers. */
  async act(name: string, input: unknown, headers: Record<string, string> = {}): Promise<ActionOutcome> {
    const action = actions().get(name);
    if (!action) throw new Error(`the build has no ${name}`);
    const response = await this.request.post(action.path, {
      maxRedirects: 0,
      headers: {
        accept: "text/x-component",
        "content-type": "text/plain;charset=UTF-8",
        "next-action": action.id,
        origin: this.origin,
        ...headers,
      },
      data: JSON.stringify([null, input]),
    });
    const text = await response.text();
    const answer = answerIn(text);
    const redirect = response.headers()["x-action-redirect"]?.split(";")[0];
    return {
      status: response.status(),
      ok: answer?.ok ?? null,
      code: answer?.error?.code ?? redirect ?? `status ${response.status()}`,
      data: answer?.data,
      error: answer?.error,
      text,
    };
  }

  /** @throws when the action is refused */
  async must(name: string, input: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const outcome = await this.act(name, input, headers);
    const isRefused = outcome.ok === false || outcome.status >= 400;
    if (isRefused) throw new Error(`${name} by ${this.name}: ${outcome.code}\n${outcome.text.slice(0, 500)}`);
    return outcome.data;
  }

  /** A published workflow of the caller's workspace. @returns its id */
  async publish(name: string, graph: Graph): Promise<string> {
    const made = (await this.must("createWorkflowAction", { name, graph })) as {
      id: string;
      revision: number;
    };
    await this.must("publishWorkflowAction", { workflowId: made.id, revision: made.revision, note: "" });
    return made.id;
  }

  signIn({ email, password }: { email: string; password: string }): Promise<unknown> {
    return this.must("signInAction", { email, password });
  }

  /** The secret of the newest link that was mailed to an address. */
  async mailed(email: string, part: string): Promise<string> {
    const outbox = await this.read(`/outbox?to=${encodeURIComponent(email)}`);
    const after = outbox.slice(outbox.indexOf(email));
    return new RegExp(`/${part}/([A-Za-z0-9_-]{43})`).exec(after)?.[1] ?? "";
  }
}

let known: ReadonlyMap<string, BuiltAction> | null = null;

/** Read from the build when the first action is called. */
function actions(): ReadonlyMap<string, BuiltAction> {
  known ??= new Map(builtActions().map((action) => [action.name, action]));
  return known;
}
