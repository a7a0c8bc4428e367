import { spawnSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asTenant } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import { auditLog } from "@/db/schema/system";
import { until } from "@/inngest/engine/testing";
import { readiness } from "@/lib/health/readiness";
import { openOriginal } from "@/lib/knowledge/queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { call, makeKey } from "./testing";

/** A data folder whose files lie on a disk of their own, before anything reads the settings. */
const { folder, isMounted } = await vi.hoisted(async () => {
  const { spawnSync } = await import("node:child_process");
  const { mkdirSync, mkdtempSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const folder = mkdtempSync(`${tmpdir()}/hb-full-`);
  mkdirSync(`${folder}/files`);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", `${folder}/files`]);
  process.env.DATA_DIR = folder;
  return { folder, isMounted: status === 0 };
});
const FILES = path.join(folder, "files");

withTestDatabase();
afterAll(() => {
  if (isMounted) spawnSync("umount", [FILES]);
  rmSync(folder, { recursive: true, force: true });
});

// Only root can make a disk that is small enough to fill.
describe.runIf(isMounted)("a file store without room", () => {
  let tenant: TestTenant;
  let key: string;
  beforeAll(async () => {
    tenant = await makeTenant();
    key = await makeKey(tenant);
  });

  const upload = (filename: string, bytes: number) =>
    call("POST", "/documents", {
      key,
      body: filename.padEnd(bytes, " text"),
      headers: { "x-filename": filename },
    });
  const stored = () =>
    globSync("**/*", { cwd: FILES, withFileTypes: true }).filter((entry) => entry.isFile());
  const written = () =>
    asTenant(tenant.admin, async (tx) => {
      const rows = await tx.select({ filename: documents.filename }).from(documents);
      const audited = await tx.select({ action: auditLog.action }).from(auditLog);
      return {
        documents: rows.map(({ filename }) => filename),
        uploads: audited.filter(({ action }) => action === "document.upload").length,
      };
    });

  it("refuses an upload and says why, keeps nothing of it, and takes what fits and what comes once there is room", async () => {
    expect((await upload("small.txt", 50_000)).status).toBe(201);
    const before = stored().length;

    const refused = await Promise.all(["one", "two"].map((name) => upload(`${name}.txt`, 400_000)));
    for (const response of refused) {
      expect(response.status).toBe(507);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({
        code: "upstream",
        reason: "storage_full",
        detail: expect.stringContaining("no room left for files"),
      });
    }
    expect(await written()).toEqual({ documents: ["small.txt"], uploads: 1 });
    expect(stored()).toHaveLength(before);

    expect((await upload("fits.txt", 50_000)).status).toBe(201);
    spawnSync("mount", ["-o", "remount,size=8m", FILES]);
    const again = await upload("one.txt", 400_000);
    expect(again.status).toBe(201);
    const { document } = (await again.json()) as { document: { id: string } };
    const original = await openOriginal(tenant.member, document.id);
    expect(Buffer.concat(await Array.fromAsync(original.stream))).toHaveLength(400_000);
    expect(await written()).toEqual({ documents: ["small.txt", "fits.txt", "one.txt"], uploads: 3 });
  });

  it("is seen by whoever watches: the readiness check says that storage fails", async () => {
    spawnSync("mount", ["-o", "remount,size=8m", FILES]);
    spawnSync("sh", ["-c", `head -c 9000000 /dev/zero > ${FILES}/ballast`]);
    await until("storage to fail", async () => (await readiness()).parts.storage === "failing");
    rmSync(path.join(FILES, "ballast"));
    await until("storage to work", async () => (await readiness()).parts.storage === "ok");
  });
});
