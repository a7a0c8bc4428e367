import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { askingRuns } from "@/lib/approvals/asking";
import { currentSession, jobScope } from "@/lib/auth/scope";
import { AppError } from "@/lib/errors";
import { costRange, type RunCostRange } from "@/lib/runs/cost-range";
import { isFinished } from "@/lib/runs/input";
import { isRecord } from "@/lib/workflows/kind";
import type { InputField } from "@/lib/workflows/kinds/input";
import { type Addressed, findAddressed } from "./address";
import { addressToken } from "./input";
import { type ShownField, shownResult } from "./shown-result";
import { findDelivered } from "./start";
import { loadTrigger, publishedWorkflow, type Trigger } from "./store";

export type FormTrigger = Extract<Trigger, { kind: "form" }>;

/** `nothing`: no such form, or it is not for this person; `sign_in`: for members, and nobody is signed in. */
export type FormEntry =
  | { readonly state: "nothing" | "sign_in" }
  | {
      readonly state: "open";
      readonly scope: TenantScope;
      readonly trigger: FormTrigger;
      /** The member who fills it in; null on a form for everybody. */
      readonly memberId: string | null;
    };

/** What a form's page shows of the workspace: nothing else. */
export type FormPage = {
  title: string;
  description: string;
  submitLabel: string;
  fields: readonly InputField[];
};

/** Finds the form behind an address and whether the person at the door may see it. */
export async function enterForm(token: string, requestId?: string): Promise<FormEntry> {
  const found = await findAddressed("form", token);
  if (!found) return { state: "nothing" };
  const entry = await enter(found, requestId);
  return entry.state === "open" && !entry.trigger.isActive ? { state: "nothing" } : entry;
}

/** The same for who has sent it already: also when the form was turned off since. */
export async function enterSentForm(token: string): Promise<FormEntry> {
  const found = await findAddressed("form", token, { anyState: true });
  return found ? enter(found) : { state: "nothing" };
}

async function enter(found: Addressed, requestId?: string): Promise<FormEntry> {
  const scope = await jobScope(found.tenantId, "form", requestId);
  const trigger = await asWorker(scope, (tx) => loadTrigger(tx, scope, found.triggerId));
  if (trigger.kind !== "form") return { state: "nothing" };
  if (trigger.config.access !== "members") return { state: "open", scope, trigger, memberId: null };
  const session = await currentSession();
  if (!session) return { state: "sign_in" };
  if (!session.isVerified || session.tenant.id !== scope.tenantId) return { state: "nothing" };
  return { state: "open", scope, trigger, memberId: session.userId };
}

/** The fields of the published version; null when the workflow takes no runs now. */
export async function readFormPage(scope: TenantScope, trigger: FormTrigger): Promise<FormPage | null> {
  try {
    const workflow = await asWorker(scope, (tx) => publishedWorkflow(tx, scope, trigger.workflowId));
    if (!workflow.isActive || scope.tenantStatus !== "active") return null;
    const { title, description, submitLabel } = trigger.config;
    return { title, description, submitLabel, fields: workflow.fields };
  } catch (error) {
    if (error instanceof AppError && error.reason === "not_published") return null;
    throw error;
  }
}

/**
 * What sending the form will cost, for the members of the workspace; null on a form for everybody, who are not told its
 * prices, and where it cannot be said.
 */
export async function costOfForm(
  scope: TenantScope,
  { config, workflowId }: FormTrigger,
): Promise<RunCostRange | null> {
  if (config.access !== "members") return null;
  try {
    return await costRange(scope, { workflowId, useDraft: false });
  } catch (error) {
    if (error instanceof AppError && error.code === "precondition") return null;
    throw error;
  }
}

/** The key of a sent form in the log. */
export function submissionKey(submission: string): string {
  return `form:${submission}`;
}

export type Submission = {
  /** `asked`: somebody of the workspace has to answer a question before it goes on. */
  status: "working" | "asked" | "done" | "failed";
  stepsDone: number;
  /** Null unless the form shows results and there is one. */
  result: readonly ShownField[] | null;
};

/** How far what was sent has come; null when nothing was sent under this name. A form that is off shows no results. */
export async function findSubmission(
  scope: TenantScope,
  trigger: FormTrigger,
  submission: string,
): Promise<Submission | null> {
  if (!addressToken.safeParse(submission).success) return null;
  return asWorker(scope, async (tx) => {
    const executionId = await findDelivered(tx, scope, trigger.id, submissionKey(submission));
    if (!executionId) return null;
    const [run] = await tx
      .select({ status: executions.status, result: executions.resultData })
      .from(executions)
      .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.id, executionId)));
    if (!run) return null;
    const stepsDone = await tx.$count(
      executionSteps,
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        eq(executionSteps.executionId, executionId),
        inArray(executionSteps.status, ["completed", "skipped"]),
      ),
    );
    const isDone = run.status === "completed";
    const status = isDone
      ? "done"
      : isFinished(run.status)
        ? "failed"
        : await underWay(tx, scope, executionId);
    const isShown = isDone && trigger.isActive && trigger.config.showsResult;
    const result =
      isShown && isRecord(run.result)
        ? await shownResult(tx, scope, {
            executionId,
            result: run.result,
            namesSources: trigger.config.showsSources,
          })
        : null;
    return { status, stepsDone, result };
  });
}

async function underWay(tx: Tx, scope: TenantScope, executionId: string): Promise<"asked" | "working"> {
  const asking = await askingRuns(tx, scope, [executionId]);
  return asking.has(executionId) ? "asked" : "working";
}
