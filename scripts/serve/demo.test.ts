import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readDemo } from "@/db/seed/demo-file";
import { noteUrl } from "./demo";

it("everybody who is named in a demo's file stays there when its address is noted", () => {
  const folder = mkdtempSync(join(tmpdir(), "demo-"));
  const path = join(folder, "demo.json");
  const person = (name: string) => ({ email: `${name}@example.com`, password: "x" });
  const names = ["tenantAdmin", "member", "partner", "appAdmin", "secondCustomer", "direct"];
  const users = Object.fromEntries(names.map((name) => [name, person(name)]));
  try {
    writeFileSync(path, JSON.stringify({ users, apiKey: "hb_x" }));
    for (const url of ["http://localhost:3000", "http://localhost:8080"]) {
      noteUrl(path, url);
      expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ url, users, apiKey: "hb_x" });
      expect(readDemo(path)?.url).toBe(url);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
