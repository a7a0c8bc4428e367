import type { RunStatus, RunTrigger } from "@/lib/runs/input";

export const TRIGGER_LABELS: Readonly<Record<RunTrigger, string>> = {
  console: "Console",
  playground: "Playground",
  api: "API",
  webhook: "Webhook",
  schedule: "Schedule",
  form: "Form",
  workflow: "Workflow",
  seed: "Example",
};

export const STATUS_LABELS: Readonly<Record<RunStatus, string>> = {
  pending: "Pending",
  running: "Running",
  waiting: "Waiting",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** After "Started". */
export const STARTED: Readonly<Record<RunTrigger, string>> = {
  console: "in the console",
  playground: "in the playground",
  api: "through the API",
  webhook: "by a webhook",
  schedule: "on schedule",
  form: "from a form",
  workflow: "by another run",
  seed: "as an example",
};
