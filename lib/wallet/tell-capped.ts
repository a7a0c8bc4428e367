import "server-only";
import { type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { spendCaps } from "@/db/schema/caps";
import type { TenantScope } from "@/db/scope";
import { currentTime } from "@/lib/clock";
import { documentHref } from "@/lib/knowledge/links";
import { formatApart, microsFromNumeric } from "@/lib/money";
import { notify } from "@/lib/notifications/notify";
import { heldByStep, windowOfNow } from "./caps/store";

type Capped = {
  cap_id: string;
  scope: string;
  period: string;
  agent_name: string | null;
  /** Null for a cap of each run. */
  window_key: string | null;
  bound: string;
  room: string;
  needed: string;
  /** The run, or the document. */
  waiting_id: string;
  filename: string | null;
};

const OWN_HOLD = heldByStep({
  tenantId: sql`s.tenant_id`,
  key: sql`'exec:' || s.execution_id || ':' || s.node_id || ':' || s.iteration`,
  capId: sql`s.cap_id`,
  windowKey: sql`w.window_key`,
});

/** What waits of one kind: where it lies, of which run it is a part, what it is called, and what it holds itself. */
const WAITING = {
  run: {
    from: sql`execution_steps s join executions e on e.tenant_id = s.tenant_id and e.id = s.execution_id`,
    isWaiting: sql`s.status = 'waiting' and s.wait_reason = 'cap'`,
    runId: sql`coalesce(e.root_execution_id, e.id)`,
    waitingId: sql`coalesce(e.root_execution_id, e.id)`,
    filename: sql`null::text`,
    ownHold: OWN_HOLD,
  },
  document: {
    from: sql`documents s`,
    isWaiting: sql`s.wait_reason = 'cap'`,
    runId: sql`null::uuid`,
    waitingId: sql`s.id`,
    filename: sql`s.filename`,
    ownHold: sql`0`,
  },
} as const satisfies Record<string, Record<string, SQL>>;

/**
 * For each cap the cheapest that waits and would not fit either once all that others have set aside is given back. One that was
 * told of at 100 percent, and to which nothing was added since, is known.
 */
async function readCapped(tx: Tx, { tenantId }: TenantScope, kind: keyof typeof WAITING): Promise<Capped[]> {
  const { from, isWaiting, runId, waitingId, filename, ownHold } = WAITING[kind];
  const { rows } = await tx.execute<Capped>(sql`
    select ${spendCaps.id} as cap_id, ${spendCaps.scope} as scope, ${spendCaps.period} as period, k.window_key,
      (select a.name from agents a where a.tenant_id = ${spendCaps.tenantId} and a.id = ${spendCaps.agentId}) as agent_name,
      x.bound, x.room, x.needed, x.waiting_id, x.filename
    from ${spendCaps}
    cross join lateral (select ${windowOfNow()} as window_key) k
    cross join lateral (
      select s.needed, b.bound, b.room, ${waitingId} as waiting_id, ${filename} as filename
      from ${from}
      left join cap_windows w on w.tenant_id = s.tenant_id and w.cap_id = s.cap_id
        and w.window_key = coalesce(k.window_key, ${runId}::text)
      cross join lateral (select ${spendCaps.amount} + coalesce(w.extra, 0) as bound,
        greatest(${spendCaps.amount} + coalesce(w.extra - w.spent, 0) - ${ownHold}, 0) as room) b
      where s.tenant_id = ${spendCaps.tenantId} and s.cap_id = ${spendCaps.id} and ${isWaiting} and s.needed > b.room
        and not (coalesce(w.extra, 0) = 0 and exists (select from spend_alerts t where t.tenant_id = w.tenant_id
          and t.cap_id = w.cap_id and t.window_key = w.window_key and t.threshold = 100))
      order by s.needed limit 1
    ) x
    where ${spendCaps.tenantId} = ${tenantId}::uuid and ${spendCaps.isActive}`);
  return rows;
}

const TIMES: Readonly<Record<string, { of: string; end: string }>> = {
  day: { of: "today", end: ", more is allowed, or the day is over" },
  month: { of: "this month", end: ", more is allowed, or the month is over" },
  run: { of: "in one run", end: "" },
};

function messageOf(capped: Capped, kind: keyof typeof WAITING) {
  const [work, next] =
    kind === "run" ? ["Runs", "The next step"] : ["Documents", `What comes next of “${capped.filename}”`];
  const amounts = [capped.needed, capped.room, capped.bound].map(microsFromNumeric);
  const [needed, room, bound] = formatApart(...amounts);
  const time = TIMES[capped.period];
  const whose = capped.agent_name
    ? `the spending cap of “${capped.agent_name}”`
    : capped.scope === "run"
      ? "the spending cap of each run"
      : "the spending cap of the workspace";
  return {
    title: `${work} wait for ${whose}`,
    body: `${next} may cost up to ${needed}, and only ${room} of ${bound} is left ${time?.of}. ${work} go on when the cap is raised${time?.end}.`,
  };
}

/**
 * Tells a tenant's admins that work waits for a cap, once for each day or month of it and what it allows there; of a cap of
 * each run once a day. A cap is hardly ever used up to the last cent: what is next does not fit before that.
 * @returns whether anything waits
 */
export async function tellCapped(tx: Tx, scope: TenantScope): Promise<boolean> {
  let isAny = false;
  for (const kind of ["run", "document"] as const)
    for (const capped of await readCapped(tx, scope, kind)) {
      isAny = true;
      const window = capped.window_key ?? currentTime().toISOString().slice(0, 10);
      await notify(tx, scope, {
        kind: "spend_alert",
        ...messageOf(capped, kind),
        href: kind === "run" ? `/app/runs/${capped.waiting_id}` : documentHref(capped.waiting_id),
        dedupeKey: `cap_wait:${kind}:${capped.cap_id}:${window}:${capped.bound}`,
        to: { admins: true },
        ...(kind === "run" ? { ids: { executionId: capped.waiting_id } } : {}),
      });
    }
  return isAny;
}
