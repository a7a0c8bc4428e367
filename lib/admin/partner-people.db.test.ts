import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { authTokens } from "@/db/schema/auth";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform } from "@/lib/testing/scopes";
import { createPartner } from "./commands/partners";
import {
  invitePartnerAdmin,
  listInvitationsOfPartner,
  resendInvitationOfPartner,
  revokeInvitationOfPartner,
} from "./partner-people";

withTestDatabase();

it("a partner whose first invitation was not accepted in time is invited again by the operator", async () => {
  const platform = await makePlatform();
  const adminEmail = `${newId()}@partner.example`;
  const { id: partnerId } = await createPartner(platform, { name: "Late Partners", adminEmail });
  const open = () => listInvitationsOfPartner(platform, partnerId);
  const [first] = await open();
  expect(first).toMatchObject({ email: adminEmail, role: "partner_admin" });
  await asSystem("test", (tx) =>
    tx
      .update(authTokens)
      .set({ expiresAt: sql`now() - interval '1 second'` })
      .where(sql`${authTokens.partnerId} = ${partnerId}`),
  );
  expect(await open()).toEqual([]);

  const email = `${newId()}@partner.example`;
  const { id } = await invitePartnerAdmin(platform, { partnerId, email });
  const other = await makePartner();
  const elsewhere = { partnerId: other.partnerId, invitationId: id };
  await expect(revokeInvitationOfPartner(platform, elsewhere)).rejects.toMatchObject({ code: "not_found" });
  const again = await resendInvitationOfPartner(platform, { partnerId, invitationId: id });
  expect(await open()).toMatchObject([{ id: again.id, email }]);
  await revokeInvitationOfPartner(platform, { partnerId, invitationId: again.id });
  expect(await open()).toEqual([]);
  await expect(listInvitationsOfPartner(platform, newId())).rejects.toMatchObject({ code: "not_found" });
});
