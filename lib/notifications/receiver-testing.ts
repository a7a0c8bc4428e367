import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, vi } from "vitest";

export type Received = { headers: IncomingHttpHeaders; body: string };
type Answer = { status: number; body: string; headers: Record<string, string> };

const NOTHING = async () => {};
const TAKEN: Answer = { status: 200, body: "", headers: {} };

/**
 * A program of a customer's that keeps what it is sent and answers as told; for all tests of a file. Loads nothing of
 * ours and is started by `vi.hoisted`: the settings, which have to allow its port, are read when the first module loads.
 */
export async function startReceiver() {
  const state = { received: [] as Received[], answer: TAKEN, url: "", whileAsked: NOTHING };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", async () => {
      state.received.push({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
      await state.whileAsked();
      response.writeHead(state.answer.status, state.answer.headers).end(state.answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv("OUTBOUND_ALLOW", host);
  state.url = `http://${host}/hook`;
  afterEach(() => {
    state.received.length = 0;
    state.answer = TAKEN;
    state.whileAsked = NOTHING;
  });
  afterAll(() => {
    server.close();
  });
  return state;
}

/** Whether a message is signed with this secret, as the customer's program would look. */
export function isSignedWith(secret: string, { headers, body }: Received): boolean {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(expected);
}
