import { expect, it } from "vitest";
import { createPartnerInput, invitePartnerAdminInput } from "@/lib/admin/input";
import { newId } from "@/lib/ids";
import {
  createCustomerInput,
  inviteCustomerAdminInput,
  invitePartnerMemberInput,
} from "@/lib/partners/input";
import { inviteMemberInput } from "@/lib/team/input";
import { renameSelfInput, workspaceName } from "./input";

it("takes a name that can be seen, and none of invisible characters", () => {
  const nameOf = (fullName: string) => renameSelfInput.safeParse({ fullName });
  for (const name of ["A", "👩‍🍳", "דוד", "Zoë  Ng"]) expect(nameOf(name).data?.fullName).toBe(name);
  for (const name of ["", "  ", "\u200b\u200b", "\u202e \u2060"])
    expect(nameOf(name).error?.issues[0]?.message).toBe("Write your name.");
  expect(workspaceName.safeParse("Ab").success).toBe(true);
  expect(workspaceName.safeParse("A\u200b\u200b").error?.issues[0]?.message).toBe(
    "Use at least 2 characters.",
  );
});

it("takes an address in one form and of a bounded length, whoever invites", () => {
  const name = "Somebody";
  const invites = [
    (email: string) => inviteMemberInput.safeParse({ email, role: "user" }).data?.email,
    (email: string) => invitePartnerMemberInput.safeParse({ email }).data?.email,
    (email: string) => inviteCustomerAdminInput.safeParse({ tenantId: newId(), email }).data?.email,
    (email: string) => createCustomerInput.safeParse({ name, adminEmail: email }).data?.adminEmail,
    (email: string) => invitePartnerAdminInput.safeParse({ partnerId: newId(), email }).data?.email,
    (email: string) => createPartnerInput.safeParse({ name, adminEmail: email }).data?.adminEmail,
  ];
  for (const invited of invites) {
    expect(invited(" Ａda@Example.com ")).toBe("ada@example.com");
    expect(invited(`${"a".repeat(300)}@example.com`)).toBeUndefined();
  }
});
