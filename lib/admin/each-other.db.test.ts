import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { partnerMembers, users } from "@/db/schema/auth";
import type { Actor, PartnerScope } from "@/db/scope";
import { acceptInvitation } from "@/lib/accounts/invitations";
import { newId } from "@/lib/ids";
import { invitePartnerMember, removePartnerMember } from "@/lib/partners/commands/team";
import { withTestDatabase } from "@/lib/testing/database";
import { tokenSentTo } from "@/lib/testing/mail";
import { makePartner, makePlatform } from "@/lib/testing/scopes";
import { setUserActive } from "./commands/tenants";

withTestDatabase();

const userIdOf = ({ actor }: { actor: Actor }) => (actor.kind === "user" ? actor.userId : "");

it("one app admin is left when two switch each other off at once", async () => {
  const [first, second] = [await makePlatform(), await makePlatform()];
  const off = (by: typeof first, whom: typeof first) =>
    setUserActive(by, { userId: userIdOf(whom), isActive: false, reason: "has left the company" });
  const both = await Promise.allSettled([off(first, second), off(second, first)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "forbidden" } });
  const active = await asSystem("test", (tx) => tx.$count(users, eq(users.isActive, true)));
  expect(active).toBe(1);
});

it("one of two colleagues is left when they remove each other from a partner's team at once", async () => {
  const partner = await makePartner();
  const join = async (): Promise<PartnerScope> => {
    const email = `${newId()}@partner.example`;
    await invitePartnerMember(partner.scope, { email });
    const token = await tokenSentTo(email, "/invite/");
    const input = { token, fullName: "New Person", password: "copper lantern riverbed" };
    await acceptInvitation({ requestId: newId(), ip: "203.0.113.9" }, input);
    const [row] = await asSystem("test", (tx) =>
      tx.select({ userId: users.id }).from(users).where(eq(users.email, email)),
    );
    return { ...partner.scope, actor: { kind: "user", userId: row?.userId ?? "", sessionId: newId() } };
  };
  const [first, second] = [await join(), await join()];
  const both = await Promise.allSettled([
    removePartnerMember(first, { userId: userIdOf(second) }),
    removePartnerMember(second, { userId: userIdOf(first) }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "forbidden" } });
  const left = await asSystem("test", (tx) =>
    tx.$count(partnerMembers, eq(partnerMembers.partnerId, partner.partnerId)),
  );
  expect(left).toBe(2);
});
