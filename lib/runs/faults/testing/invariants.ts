import { database } from "@/db/pool";
import type { ProviderRequest } from "@/e2e/provider/journal";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { STEP_MARK } from "./prompts";

/** What has to be true whatever happened, each as a query that gives the rows that break it. */
const RULES: Readonly<Record<string, string>> = {
  "every run has ended": `
    select id, status from executions where status in ('pending', 'running', 'waiting')`,
  "an ended run has no step under way": `
    select s.execution_id, s.node_id, s.status from execution_steps s join executions e on e.id = s.execution_id
    where s.status in ('running', 'waiting') and e.status not in ('pending', 'running', 'waiting')`,
  "an ended step has no run under way": `
    select p.id, p.status, s.node_id, s.status as step from executions p join execution_steps s on s.id = p.parent_step_id
    where p.status in ('pending', 'running', 'waiting') and s.status <> 'waiting'`,
  "a question is open as long as its step waits": `
    select a.id, s.node_id, s.status from approvals a join execution_steps s on s.id = a.step_id
    where a.status = 'pending' and s.status <> 'waiting'`,
  "a map of which every item has its run": `
    select s.execution_id, s.node_id, s.detail, count(p.id) from execution_steps s
    left join executions p on p.parent_step_id = s.id
    where s.kind = 'map' and s.status = 'completed' and s.error_code is null and s.reused_step_id is null and not s.is_pinned
    group by s.id having count(p.id) <> coalesce((s.detail ->> 'total')::int, 0)`,
  "a completed run has no failed, cancelled or open step it depends on": `
    select e.id, s.node_id, s.status from executions e join execution_steps s on s.execution_id = e.id
    where e.status = 'completed' and s.status in ('running', 'cancelled')`,
  "each step and resource is billed once": `
    select step_id, resource_type, model_key, count(*) from ledger_entries
    where entry_type = 'usage' and step_id is not null
    group by step_id, resource_type, model_key having count(*) > 1`,
  "a node is billed when it did what it is for, and only then": `
    select s.execution_id, s.node_id, s.status, count(l.id) from execution_steps s
    join executions e on e.id = s.execution_id and e.workflow_id is not null
    left join ledger_entries l on l.step_id = s.id and l.resource_type = 'workflow_node'
    where s.reused_step_id is null and not s.is_pinned
    group by s.id having count(l.id) <> case when s.status = 'completed' and s.error_code is null then 1 else 0 end`,
  "the ledger holds the tokens of the calls whose end is known": `
    with called as (
      select c.step_id, sum(c.input_tokens) as input, sum(c.output_tokens) as output
      from model_calls c join execution_steps s on s.id = c.step_id and s.status not in ('running', 'waiting')
      where c.status in ('settled', 'failed') and c.purpose <> 'embedding' group by c.step_id
    ), billed as (
      select step_id,
        sum(quantity) filter (where resource_type = 'text_tokens_input') * 1000000 as input,
        sum(quantity) filter (where resource_type = 'text_tokens_output') * 1000000 as output
      from ledger_entries where entry_type = 'usage' and resource_type like 'text\\_tokens%' and step_id is not null
      group by step_id
    )
    select step_id, to_json(called) as called, to_json(billed) as billed from called full join billed using (step_id)
    where round(coalesce(called.input, 0)) <> round(coalesce(billed.input, 0))
       or round(coalesce(called.output, 0)) <> round(coalesce(billed.output, 0))`,
  "no call of a model is left without an end": `
    select c.id from model_calls c join executions e on e.id = c.execution_id
    where c.status = 'started' and e.status not in ('pending', 'running', 'waiting')`,
  "nothing is held for a step that is not under way": `
    select h.key, h.amount, s.status from credit_holds h left join execution_steps s on s.tenant_id = h.tenant_id and s.id = h.step_id
    where h.status = 'open' and (h.step_id is null or s.status not in ('running', 'waiting'))`,
  "a step has at most one call of a model for each attempt and correction": `
    select c.step_id, count(*), max(s.attempt) from model_calls c join execution_steps s on s.id = c.step_id
    where c.purpose <> 'embedding' group by c.step_id having count(*) > max(s.attempt)`,
};

export type Broken = { readonly rule: string; readonly rows: readonly unknown[] };

export type Evidence = {
  /** Runs whose start was answered. */
  readonly acknowledged?: readonly string[];
  /** What the provider was asked, and how often the step behind a key may have asked. */
  readonly requests?: readonly ProviderRequest[];
};

/** Which of the rules that hold after any fault are broken; none is what a test expects. */
export async function brokenInvariants({
  acknowledged = [],
  requests = [],
}: Evidence = {}): Promise<Broken[]> {
  const { pool } = await database();
  const broken: Broken[] = [];
  for (const [rule, query] of Object.entries(RULES)) {
    const { rows } = await pool.query(query);
    if (rows.length > 0) broken.push({ rule, rows: rows.slice(0, 5) });
  }
  const { rows: known } = await pool.query<{ id: string }>("select id from executions");
  const ids = new Set(known.map(({ id }) => id));
  const lost = acknowledged.filter((id) => !ids.has(id));
  if (lost.length > 0) broken.push({ rule: "no acknowledged run is lost", rows: lost });
  const repeated = await repeatedEffects(requests);
  if (repeated.length > 0) broken.push({ rule: "no effect beyond the attempts at its step", rows: repeated });
  for (const finding of await checkLedgerAsOperator()) {
    if (finding.count > 0)
      broken.push({ rule: `ledger: ${finding.title}`, rows: finding.subjects.slice(0, 5) });
  }
  return broken;
}

/** Effects at the provider that the attempts of their steps do not account for. */
async function repeatedEffects(requests: readonly ProviderRequest[]): Promise<unknown[]> {
  const asked = new Map<string, number>();
  for (const { key, isFollowUp, method } of requests) {
    // A read has no effect, and its requests have no key.
    if (!isFollowUp && method !== "GET") asked.set(key, (asked.get(key) ?? 0) + 1);
  }
  const { pool } = await database();
  const { rows } = await pool.query<{
    id: string;
    run: string;
    node: string;
    iteration: number;
    attempt: number;
  }>(
    `select e.id, coalesce(root.input_data, e.input_data)->>'text' as run, s.node_id as node, s.iteration, s.attempt
     from execution_steps s join executions e on e.id = s.execution_id
     left join executions root on root.id = e.root_execution_id`,
  );
  const attempts = new Map<string, number>();
  for (const { id, run, node, iteration, attempt } of rows) {
    attempts.set(`${run}/${node}`, (attempts.get(`${run}/${node}`) ?? 0) + attempt);
    attempts.set(`exec:${id}:${node}:${iteration}`, attempt);
  }
  return [...asked].flatMap(([key, times]) => {
    const mark = STEP_MARK.exec(key);
    const allowed = attempts.get(mark ? `${mark[1]}/${mark[2]}` : key) ?? 0;
    return times > allowed ? [{ key, times, allowed }] : [];
  });
}
