import { expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import { deactivateMember } from "@/lib/team/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { uploadDocument } from "./commands/upload";

withTestDatabase();

it("keeps no file of who was let out while it came", async () => {
  const tenant = await makeTenant();
  async function* slowly() {
    yield Buffer.from("The first half, ");
    await deactivateMember(tenant.admin, { userId: tenant.memberId });
    yield Buffer.from("and the second.");
  }
  await expect(uploadDocument(tenant.member, { filename: "late.txt" }, slowly())).rejects.toMatchObject({
    code: "unauthenticated",
  });
  expect(await asTenant(tenant.admin, (tx) => tx.$count(documents))).toBe(0);
});
