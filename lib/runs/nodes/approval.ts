import { and, eq } from "drizzle-orm";
import { approvals } from "@/db/schema/run-control";
import type { Approvers } from "@/lib/approvals/rules";
import { askingByName, recipientsOf } from "@/lib/approvals/store";
import { cut } from "@/lib/cut";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { notify } from "@/lib/notifications/notify";
import type { ConfigOf } from "@/lib/workflows/nodes";
import { runCost } from "../cost";
import { suspender } from "./suspender";
import { render } from "./values";

const HOUR_MS = 3_600_000;

/** Asks people. The answer, or the end of the time for it, settles the step. */
export const approvalSuspender = suspender("approval", {
  begin: async (config, values, context) => {
    const { tx, scope, held } = context;
    const { run } = held;
    const after = (hours: number | undefined) =>
      hours === undefined ? null : new Date(run.now.getTime() + hours * HOUR_MS);
    const id = newId();
    const title = cut(render(values, "Title", config.title).trim(), 300);
    const asked = {
      // Of a title that comes to nothing there is no link to follow.
      title: title || held.node.name,
      message: render(values, "Message", config.message),
    };
    const expiresAt = after(config.timeoutHours);
    const approvers = approversOf(config);
    if (config.who === "people") await askingByName(tx, scope).execute();
    await tx.insert(approvals).values({
      ...asked,
      id,
      tenantId: scope.tenantId,
      executionId: run.id,
      stepId: held.stepId,
      nodeId: held.node.id,
      fields: config.fields,
      approvers,
      expiresAt,
      remindAt: after(config.remindHours),
      costMicros: await runCost(tx, scope, run.rootExecutionId ?? run.id),
    });
    await notify(tx, scope, {
      kind: "approval_asked",
      title: asked.title,
      body: `“${run.name}” waits for an answer.`,
      href: `/app/approvals/${id}`,
      dedupeKey: `approval_asked:${id}`,
      to: await recipientsOf(tx, scope, approvers),
      ids: { approvalId: id, executionId: run.id },
    });
    context.ups.told.add(run.id);
    return {
      input: { ...asked, fields: config.fields },
      detail: { approvalId: id },
      ...(expiresAt ? { wakeAt: expiresAt } : {}),
    };
  },
  due: async (_config, { tx, scope, held }) => {
    const { isSuspended } = held.run;
    await tx
      .update(approvals)
      .set({ status: isSuspended ? "cancelled" : "expired" })
      .where(and(eq(approvals.tenantId, scope.tenantId), eq(approvals.stepId, held.stepId)));
    // Nobody could answer, so that it is none that nobody did: a run that is resumed asks anew.
    if (isSuspended) throw nobodyCould(held.node.name);
    return {
      output: { decision: "timeout", answer: {}, comment: null, answeredBy: null },
      branch: "timeout",
    };
  },
});

function nobodyCould(nodeName: string): AppError {
  const message = `The time for an answer to “${nodeName}” was over while this workspace was suspended, where nobody can answer.`;
  return new AppError("precondition", message, { reason: "tenant_suspended", retryable: false });
}

function approversOf({ who, userIds }: ConfigOf<"approval">): Approvers {
  if (who === "anyone") return { anyone: true };
  return who === "admins" ? { admins: true, userIds: [] } : { admins: false, userIds };
}
