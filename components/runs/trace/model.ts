import { z } from "zod";

const moment = z.string().nullable();
const counts = z.record(z.string(), z.number());

const attempt = z.object({
  attempt: z.number(),
  outcome: z.string(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  waitMs: z.number().nullable(),
  startedAt: moment,
  endedAt: z.string(),
});

const step = z.object({
  id: z.string(),
  executionId: z.string(),
  nodeId: z.string(),
  iteration: z.number(),
  name: z.string(),
  kind: z.string(),
  status: z.string(),
  attempt: z.number(),
  startedAt: moment,
  completedAt: moment,
  costMicros: z.string(),
  errorMessage: z.string().nullable(),
  wakeAt: moment,
  isPinned: z.boolean(),
  isLeftOut: z.boolean(),
  reused: z.object({ executionId: z.string(), stepId: z.string() }).nullable(),
  attempts: z.array(attempt),
  parts: counts.nullable(),
  partsInAll: z.number().nullable(),
  retrying: z.object({ count: z.number(), message: z.string() }).nullable(),
});

const part = z.object({
  id: z.string(),
  itemIndex: z.number().nullable(),
  workflowName: z.string().nullable(),
  status: z.string(),
  createdAt: z.string(),
  startedAt: moment,
  completedAt: moment,
  costMicros: z.string(),
  errorMessage: z.string().nullable(),
  isTakenOver: z.boolean(),
  retryMessage: z.string().nullable(),
});

const execution = z.object({
  id: z.string(),
  status: z.string(),
  startedAt: moment,
  completedAt: moment,
  costMicros: z.string(),
  counts,
  leftOut: z.number(),
  errorMessage: z.string().nullable(),
});

export const liveMessage = z.object({ execution, steps: z.array(step) });
export const stepWindow = z.object({ offset: z.number(), total: z.number(), steps: z.array(step) });
export const partWindow = z.object({ offset: z.number(), counts, parts: z.array(part) });

/** A step as the live view holds it: moments as ISO text, amounts as digits. */
export type LiveStep = z.infer<typeof step>;
export type LivePart = z.infer<typeof part>;
export type LiveExecution = z.infer<typeof execution>;
export type LiveMessage = z.infer<typeof liveMessage>;
export type StepWindow = z.infer<typeof stepWindow>;
export type PartWindow = z.infer<typeof partWindow>;

const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

export function isOver({ status }: { status: string }): boolean {
  return ENDED.has(status);
}

/** Whether nothing of a run is under way any more: a call may end a moment after the run that broke it off. */
export function isSettled(run: LiveExecution): boolean {
  return isOver(run) && !run.counts.running && !run.counts.waiting;
}

export function totalOf(numbers: Readonly<Record<string, number>>): number {
  return Object.values(numbers).reduce((sum, count) => sum + count, 0);
}

/** A message of the stream; null when it cannot be read. */
export function readMessage(text: string): LiveMessage | null {
  try {
    return liveMessage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
