import { expect, it } from "vitest";
import { addressOf } from "./address";

it.each([
  [undefined, "http://localhost:3000"],
  ["0.0.0.0", "http://localhost:3000"],
  ["::", "http://localhost:3000"],
  ["127.0.0.1", "http://127.0.0.1:3000"],
  ["::1", "http://[::1]:3000"],
  ["hire.internal", "http://hire.internal:3000"],
])("a server that listens on %s is asked whether it is ready at %s", (host, address) => {
  expect(addressOf(host, 3000)).toBe(address);
  expect(URL.canParse(address)).toBe(true);
});
