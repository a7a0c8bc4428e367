import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { newEndpointSecret, signedHeaders } from "./signature";

it("signs as the Standard Webhooks specification does in its own example", () => {
  const headers = signedHeaders(
    { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}' },
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    new Date(1_614_265_330_000),
  );
  expect(headers).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

it("signs with each secret that still counts, so that a receiver may take either", () => {
  const secrets = [newEndpointSecret(), newEndpointSecret()];
  const headers = signedHeaders({ id: "msg_1", body: "{}" }, secrets, new Date(5_999));
  const expected = secrets.map((secret) => {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    return `v1,${createHmac("sha256", key).update("msg_1.5.{}").digest("base64")}`;
  });
  expect(headers["webhook-signature"]).toBe(expected.join(" "));
  expect(new Set(expected).size).toBe(2);
});
