import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { partnerMembers, users } from "@/db/schema/auth";
import { setUserActive } from "@/lib/admin/commands/tenants";
import { newId } from "@/lib/ids";
import { removePartnerMember, restorePartnerMember } from "@/lib/partners/commands/team";
import { listPartnerTeam } from "@/lib/partners/queries/team";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { activateMember, deactivateMember, inviteMember } from "./commands";
import { listMembers } from "./queries";

withTestDatabase();

const byPlatform = async (userId: string, isActive: boolean) =>
  setUserActive(await makePlatform(), { userId, isActive, reason: "They sold their password." });
const isActive = async (userId: string) => {
  const [row] = await asSystem("test", (tx) =>
    tx.select({ isActive: users.isActive }).from(users).where(eq(users.id, userId)),
  );
  return row?.isActive;
};
const refused = { code: "forbidden", reason: "deactivated_by_platform" };

describe("an account that the platform has switched off", () => {
  it("is not switched on by the workspace's admin, who sees why, until the platform does", async () => {
    const { admin, memberId: userId } = await makeTenant();
    const seen = async () => (await listMembers(admin)).find(({ id }) => id === userId);
    await byPlatform(userId, false);
    await expect(activateMember(admin, { userId })).rejects.toMatchObject(refused);
    expect(await isActive(userId)).toBe(false);
    const invite = inviteMember(admin, { email: `${userId}@example.test`, role: "user" });
    await expect(invite).rejects.toMatchObject({
      fields: { email: [expect.stringMatching(/The platform/)] },
    });
    expect(await seen()).toMatchObject({ isActive: false, isStoppedByPlatform: true });
    await byPlatform(userId, true);
    expect(await seen()).toMatchObject({ isActive: true, isStoppedByPlatform: false });
    // From then on it is the workspace's again.
    await deactivateMember(admin, { userId });
    expect(await seen()).toMatchObject({ isActive: false, isStoppedByPlatform: false });
    await activateMember(admin, { userId });
    expect(await isActive(userId)).toBe(true);
  });

  it("stays so also where the workspace had switched it off before", async () => {
    const { admin, memberId: userId } = await makeTenant();
    await deactivateMember(admin, { userId });
    await byPlatform(userId, false);
    await expect(activateMember(admin, { userId })).rejects.toMatchObject(refused);
    expect(await isActive(userId)).toBe(false);
  });

  it("is not taken back by a partner that removes it from its team first", async () => {
    const { scope, partnerId, homeTenantId } = await makePartner();
    const userId = newId();
    await asSystem("test", async (tx) => {
      await tx.insert(users).values({
        id: userId,
        tenantId: homeTenantId,
        email: `${userId}@example.test`,
        fullName: "Second Person",
        hashedPassword: "!",
        role: "partner_admin",
        isVerified: true,
      });
      await tx.insert(partnerMembers).values({ partnerId, userId });
    });
    const listed = async () =>
      (await listPartnerTeam(scope)).map(({ id, joinedAt, isStoppedByPlatform: isStopped }) => ({
        isIt: id === userId,
        isMember: joinedAt !== null,
        isStopped,
      }));
    const others = { isIt: false, isMember: true, isStopped: false };
    await byPlatform(userId, false);
    expect(await listed()).toContainEqual({ isIt: true, isMember: true, isStopped: true });
    await removePartnerMember(scope, { userId });
    expect(await listed()).toEqual([others, { isIt: true, isMember: false, isStopped: true }]);
    await expect(restorePartnerMember(scope, { userId })).rejects.toMatchObject(refused);
    expect(await isActive(userId)).toBe(false);
  });
});
