import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { clientAddress } from "./request";
import { recordSocketAddresses } from "./socket-address";

it("counts a caller by its socket, whatever address it claims", async () => {
  recordSocketAddresses();
  const server = createServer((request, response) => {
    const headers = new Headers({ "x-forwarded-for": String(request.headers["x-forwarded-for"]) });
    response.end(clientAddress(headers));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claims: Record<string, string>[] = [
    {},
    { "x-forwarded-for": "203.0.113.7" },
    { "x-forwarded-for": "203.0.113.7, 203.0.113.8" },
  ];
  for (const headers of claims) {
    expect(await (await fetch(url, { headers })).text()).toBe("127.0.0.1");
  }
  server.close();
});
