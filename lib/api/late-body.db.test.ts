import { afterEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { createApiKey, revokeApiKey } from "@/lib/api-keys/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { defineOperation } from "./operation";
import { apiRoute } from "./route";

withTestDatabase();
afterEach(() => vi.useRealTimers());

const operation = defineOperation({
  id: "noteSomething",
  method: "post",
  path: "/notes",
  tag: "Agents",
  summary: "Notes something",
  apiScope: "agents:run",
  body: z.strictObject({ text: z.string() }),
  response: z.object({ text: z.string() }),
});

/** A call whose body comes a minute after its key was proved, and what was noted of it. */
async function answered({ isRevoked }: { isRevoked: boolean }) {
  const tenant = await makeTenant();
  const input = { name: "Slow", scopes: ["agents:run" as const], expiry: "never" as const };
  const { id: keyId, key } = await createApiKey(tenant.admin, input);
  const noted: string[] = [];
  const { handle } = apiRoute(operation, async ({ body }) => {
    noted.push(body.text);
    return body;
  });
  vi.useFakeTimers({ toFake: ["performance"] });
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (isRevoked) await revokeApiKey(tenant.admin, { keyId });
    vi.advanceTimersByTime(60_000);
    controller.enqueue(new TextEncoder().encode('{"text":"late"}'));
    controller.close();
  };
  // Nothing comes before it is read.
  const late = new ReadableStream({ pull }, { highWaterMark: 0 });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const init = { method: "POST", headers, body: late, duplex: "half" };
  const request = new Request("http://localhost/api/v1/notes", init as RequestInit);
  const { status } = await handle(request, { params: Promise.resolve({}) });
  return { status, noted };
}

it("does nothing for a key that was revoked while the body came", async () => {
  expect(await answered({ isRevoked: false })).toEqual({ status: 200, noted: ["late"] });
  expect(await answered({ isRevoked: true })).toEqual({ status: 401, noted: [] });
});
