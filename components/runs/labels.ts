import type { RunStatus, RunTrigger } from "@/lib/runs/input";

export const TRIGGER_LABELS: Readonly<Record<RunTrigger, string>> = {
  console: "Console",
  playground: "Playground",
  api: "API",
  seed: "Example",
};

export const STATUS_LABELS: Readonly<Record<RunStatus, string>> = {
  pending: "Pending",
  running: "Running",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** After "Started". */
export const STARTED: Readonly<Record<RunTrigger, string>> = {
  console: "in the console",
  playground: "in the playground",
  api: "through the API",
  seed: "as an example",
};
