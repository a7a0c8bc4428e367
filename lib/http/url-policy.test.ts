import { expect, it } from "vitest";
import { checkUrl, hostMatches } from "./url-policy";

it("matches hosts by name and by sub-domain pattern", () => {
  expect(hostMatches("API.example.com.", ["api.example.com"])).toBe(true);
  expect(hostMatches("a.b.example.com", ["*.example.com"])).toBe(true);
  for (const host of ["example.com", "evilexample.com", "example.com.evil.test"]) {
    expect(hostMatches(host, ["*.example.com"])).toBe(false);
  }
});

it("refuses names of the inside of a network before anything is sent, unless the operator trusts them", () => {
  const inside = ["localhost", "api.localhost", "printer.local", "DB.Internal.", "nas.home.arpa", "postgres"];
  for (const host of inside) {
    expect(() => checkUrl(`https://${host}/hook`, {}), host).toThrow("is not a public address");
    const trustedHosts = [new URL(`https://${host}`).hostname];
    expect(checkUrl(`https://${host}/hook`, { trustedHosts }).pathname).toBe("/hook");
  }
  for (const host of ["example.com", "local.example.com", "internal.io", "93.184.216.34"]) {
    expect(checkUrl(`https://${host}/hook`, {}).hostname).toBe(host);
  }
});
