import { expect, test } from "vitest";
import { database } from "@/db/pool";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner } from "@/lib/testing/scopes";
import { findOpenPayouts } from "./send";

withTestDatabase();

test("a payout that nothing holds is sent however many wait for an account or a bank", async () => {
  const { partnerId } = await makePartner();
  const { pool } = await database();
  const { rows } = await pool.query<{ id: string }>(
    `insert into partner_payouts (id, partner_id, period_start, period_end, status, number, sequence, held_reason, updated_at)
     select gen_random_uuid(), $1, now() + n * interval '1 hour', now() + (n + 1) * interval '1 hour', 'approved', 'OPEN-' || n, n,
       case when n < 600 then 'no_account' end, now() - (600 - n) * interval '1 minute'
     from generate_series(1, 600) n returning id, sequence`,
    [partnerId],
  );
  const open = await findOpenPayouts();
  expect(open.map(({ id }) => id)).toContain(rows.at(-1)?.id);
  expect(open).toHaveLength(500);
});
