import { z } from "zod";

const moment = z.string().nullable();

const liveStep = z.object({
  id: z.string(),
  nodeId: z.string(),
  iteration: z.number(),
  name: z.string(),
  kind: z.string(),
  status: z.string(),
  attempt: z.number(),
  startedAt: moment,
  completedAt: moment,
  costMicros: z.string(),
  errorMessage: moment,
});

const liveMessage = z.object({
  execution: z.object({
    id: z.string(),
    status: z.string(),
    startedAt: moment,
    completedAt: moment,
    costMicros: z.string(),
    errorMessage: z.string().nullable(),
  }),
  steps: z.array(liveStep),
});

export type LiveStep = z.infer<typeof liveStep>;
/** A run as the live view holds it: moments as ISO text, amounts as digits. */
export type LiveRun = z.infer<typeof liveMessage>;

const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

export function hasEnded(run: LiveRun): boolean {
  return ENDED.has(run.execution.status);
}

/** The run with a message of the stream taken in; what cannot be read changes nothing. */
export function applyMessage(run: LiveRun, text: string): LiveRun {
  const parsed = liveMessage.safeParse(parseJson(text));
  return parsed.success ? mergeRun(run, parsed.data) : run;
}

/** The newer state over the older one; an end is never taken back. */
export function mergeRun(run: LiveRun, news: LiveRun): LiveRun {
  const steps = new Map(run.steps.map((step) => [step.id, step]));
  for (const step of news.steps) {
    const known = steps.get(step.id);
    if (!known?.completedAt || step.completedAt) steps.set(step.id, step);
  }
  const execution = hasEnded(run) && !hasEnded(news) ? run.execution : news.execution;
  return { execution, steps: [...steps.values()] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
