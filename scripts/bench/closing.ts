import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { type Closer, closeTenant } from "@/lib/billing/close";
import { monthOf } from "@/lib/billing/period";
import { makePartner, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type Figure, figure, median, type Size, timed } from "./bench";

const ROWS = { quick: 20_000, embedded: 100_000, server: 1_000_000 } as const;
const ROWS_AT_ONCE = 50_000;

/**
 * A month of one tenant that is closed: every ledger row tied to a line, summed, numbered. Its floor is what a database
 * needs to add the same rows up by line, tying none.
 */
export async function measureClosing({ isQuick }: Size): Promise<Figure[]> {
  const { isPipelined } = await database();
  const rows = isQuick ? ROWS.quick : isPipelined ? ROWS.server : ROWS.embedded;
  const { partnerId } = await makePartner();
  const tenant = await makeTenant(partnerId);
  const month = monthOf(new Date(Date.UTC(2026, 9, 15)));
  await plant(tenant, partnerId, rows);
  const { pool } = await database();
  const floor: number[] = [];
  for (let round = 0; round < 3; round += 1)
    floor.push(
      await timed(() =>
        pool.query(
          `select resource_type, unit, model_key, tenant_rate, date_trunc('month', occurred_at at time zone 'UTC'), sum(quantity), sum(tenant_cost)
           from ledger_entries where tenant_id = $1 and occurred_at < $2 group by 1, 2, 3, 4, 5`,
          [tenant.tenantId, month.end],
        ),
      ),
    );
  const closer: Closer = {
    by: { actor: { kind: "job", name: "bench" } },
    open: (work, options) => asSystem("bench", work, options),
  };
  const before = residentKb();
  const watched = watchMemory();
  const subject = await timed(async () => {
    const closed = await closeTenant(closer, tenant.tenantId, month, new Date(Date.UTC(2026, 10, 2)));
    if (closed.outcome !== "invoiced") throw new Error(`the month was not closed: ${closed.outcome}`);
  });
  const most = watched.stop();
  const name = `closing a month of ${rows.toLocaleString("en")} rows`;
  const perSecond = (ms: number) => (rows * 1000) / ms;
  const grouping = { name: "the bare GROUP BY over them", value: median(floor) };
  return [
    figure(name, subject, "ms", grouping),
    figure(`${name}, rows`, perSecond(subject), "per second", {
      ...grouping,
      value: perSecond(grouping.value),
    }),
    figure(`${name}, most memory`, most, "kB", { name: "before it", value: before }),
  ];
}

const residentKb = () => process.memoryUsage().rss / 1000;

const LOOK_MS = 20;

/** Looks how much memory the process holds, until it is told to stop: then the most that was seen, in kB. */
function watchMemory(): { readonly stop: () => number } {
  let most = residentKb();
  const look = () => {
    most = Math.max(most, residentKb());
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

/** Usage of October in 24 groups, paid for by nothing yet. */
async function plant({ tenantId }: TestTenant, partnerId: string, rows: number): Promise<void> {
  const { pool } = await database();
  for (let from = 0; from < rows; from += ROWS_AT_ONCE)
    await pool.query(
      `with made as (
        insert into ledger_entries (id, tenant_id, partner_id, resource_type, unit, model_key, quantity, platform_cost,
          tenant_cost, partner_commission, system_rate, tenant_rate, idempotency_key, occurred_at, created_at)
        select app.new_id(at), $1, $2, 'text_tokens_' || case n % 2 when 0 then 'input' else 'output' end, '1M_tokens',
          'model-' || n % 24, 0.001000, 0.002000, 0.003000, 0.001000, 2, 3, 'bench:' || n, at, at
        from (select n, timestamptz '2026-10-01' + n * interval '2 seconds' as at from generate_series($3::int, $4::int) n) s
        returning id, created_at
      )
      insert into ledger_funding (id, tenant_id, partner_id, ledger_entry_id, source, amount, commission_share, payable, created_at)
      select id, $1, $2, id, 'receivable', 0.003000, 0.001000, 0, created_at from made`,
      [tenantId, partnerId, from, Math.min(rows, from + ROWS_AT_ONCE) - 1],
    );
  await pool.query("analyze ledger_entries, ledger_funding");
}
