import { expect, it } from "vitest";
import { isPublicAddress } from "./address";

it("knows a public address", () => {
  for (const address of ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8"]) {
    expect(isPublicAddress(address)).toBe(true);
  }
  for (const address of ["", "example.com", "1.2.3", "4000::1"]) expect(isPublicAddress(address)).toBe(false);
});
