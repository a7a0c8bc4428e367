import { database } from "@/db/pool";
import { createDraft } from "@/lib/pricebook/commands/drafts";
import { simulateDraft } from "@/lib/pricebook/queries/simulation";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { type Figure, figure, median, type Size, timed } from "./bench";

const ROWS = { quick: 20_000, embedded: 100_000, server: 1_000_000 } as const;
const ROWS_AT_ONCE = 50_000;
const CUSTOMERS = 40;
const NOW = new Date(Date.UTC(2026, 10, 2));

/**
 * A month of a partner's customers at the prices of a draft: what everybody would pay, whose caps would be reached. Its
 * floor is what a database needs to add the same rows up by customer and resource as they are.
 */
export async function measureSimulation({ isQuick }: Size): Promise<Figure[]> {
  const { pool, isPipelined } = await database();
  const rows = isQuick ? ROWS.quick : isPipelined ? ROWS.server : ROWS.embedded;
  const { partnerId, scope } = await makePartner();
  const tenants: string[] = [];
  for (let n = 0; n < CUSTOMERS; n += 1) tenants.push((await makeTenant(partnerId)).tenantId);
  await plant(tenants, partnerId, rows);
  const { id: draftId } = await createDraft(scope, { name: "Bench", start: "today" });
  const platform = await makePlatform();
  const { id: baseId } = await createDraft(platform, { name: "Bench", start: "today" });
  const month = [partnerId, new Date(Date.UTC(2026, 9, 1)), new Date(Date.UTC(2026, 10, 1))];
  const [floor, own, all]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < 3; round += 1) {
    floor.push(
      await timed(() =>
        pool.query(
          `select tenant_id, resource_type, unit, model_key, sum(quantity), sum(tenant_cost), sum(platform_cost) from ledger_entries
           where partner_id = $1 and occurred_at >= $2 and occurred_at < $3 group by 1, 2, 3, 4`,
          month,
        ),
      ),
    );
    own.push(await timed(() => simulateDraft(scope, { draftId, window: "2026-10" }, NOW)));
    all.push(await timed(() => simulateDraft(platform, { draftId: baseId, window: "2026-10" }, NOW)));
  }
  const bare = { name: "the bare GROUP BY over them", value: median(floor) };
  const name = `a month of ${rows.toLocaleString("en")} rows at other prices`;
  return [
    figure(`${name}, a partner's`, median(own), "ms", bare),
    figure(`${name}, base prices`, median(all), "ms", bare),
  ];
}

/** Usage of October by customers with caps by day, month and run, for 24 things that have prices. */
async function plant(tenants: readonly string[], partnerId: string, rows: number): Promise<void> {
  const { pool } = await database();
  await pool.query(
    `with base as (
      insert into system_rates (id, resource_type, unit, model_key, rate, effective_from)
      select app.new_id(now()), 'text_tokens_' || kind, '1M_tokens', 'model-' || n, 2, timestamptz '2026-01-01'
      from generate_series(0, 11) n, unnest(array['input', 'output']) kind returning *
    ) insert into partner_rates (id, partner_id, system_rate_id, resource_type, unit, model_key, rate, effective_from)
    select app.new_id(now()), $1, id, resource_type, unit, model_key, 3, effective_from from base`,
    [partnerId],
  );
  await pool.query(
    `insert into spend_caps (id, tenant_id, scope, period, amount)
     select app.new_id(now()), t::uuid, case p when 'run' then 'run' else 'tenant' end, p, 0.01
     from unnest($1::text[]) t, unnest(array['day', 'month', 'run']) p`,
    [tenants],
  );
  for (let from = 0; from < rows; from += ROWS_AT_ONCE)
    await pool.query(
      `insert into ledger_entries (id, tenant_id, partner_id, resource_type, unit, model_key, quantity, platform_cost,
        tenant_cost, partner_commission, system_rate, tenant_rate, idempotency_key, occurred_at, created_at, root_execution_id)
      select app.new_id(at), ($1::uuid[])[1 + n % $5::int], $2, 'text_tokens_' || case n % 2 when 0 then 'input' else 'output' end, '1M_tokens',
        'model-' || (n / 2) % 12, 0.001000, 0.002000, 0.003000, 0.001000, 2, 3, 'bench:' || n, at, at, md5((n / 200)::text)::uuid
      from (select n, timestamptz '2026-10-01' + n * interval '2 seconds' as at from generate_series($3::int, $4::int) n) s`,
      [tenants, partnerId, from, Math.min(from + ROWS_AT_ONCE, rows) - 1, tenants.length],
    );
  await pool.query("analyze ledger_entries");
}
