import { z } from "zod";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";
import { seenLength } from "@/lib/seen-length";
import { inputField } from "./kinds/input";
import { TEMPLATE_KEYS } from "./templates";

export const workflowName = z
  .string("Give the workflow a name.")
  .trim()
  .refine((name) => seenLength(name) > 0, "Give the workflow a name.")
  .max(120, "A name has at most 120 characters.");

export const workflowDescription = z.string().trim().max(1_000, "At most 1,000 characters.").default("");
const revision = z.coerce.number().int().min(1);
const workflowId = z.uuid("This workflow does not exist.");

/** Checked by `parseGraph`, whose messages name the node and which refuses an oversized graph before reading it. */
const graph = z.unknown();

export const listWorkflowsInput = z.strictObject({
  /** Part of the name. */
  q: z.string().trim().max(200).optional(),
  /** `draft`: never published. */
  status: z.enum(["active", "inactive", "draft"]).optional(),
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type ListWorkflowsInput = z.input<typeof listWorkflowsInput>;

export const createWorkflowInput = z.strictObject({
  name: workflowName,
  description: workflowDescription,
  template: z.enum(TEMPLATE_KEYS).default("blank"),
  /** Instead of a template. */
  graph: graph.optional(),
});
export type CreateWorkflowInput = z.output<typeof createWorkflowInput>;

/** The workflow of a file under a name of its own. */
export const importWorkflowInput = z.strictObject({
  name: workflowName,
  /** Its text. */
  file: z.string("Choose a file.").min(1, "Choose a file."),
});
export type ImportWorkflowInput = z.output<typeof importWorkflowInput>;

export const saveDraftInput = z.strictObject({
  workflowId,
  /** The revision the changes were made on. */
  revision,
  graph,
  /** Autosave keeps drafts that do not hang together yet; saving on purpose refuses them. */
  isAutosave: z.boolean().default(false),
});
export type SaveDraftInput = z.output<typeof saveDraftInput>;

export const publishWorkflowInput = z.strictObject({
  workflowId,
  revision,
  note: z.string().trim().max(500, "At most 500 characters.").default(""),
});
export type PublishWorkflowInput = z.output<typeof publishWorkflowInput>;

export const restoreVersionInput = z.strictObject({
  workflowId,
  versionId: z.uuid("This version does not exist."),
  /** The revision of the draft that is given up for it. */
  revision,
});
export type RestoreVersionInput = z.output<typeof restoreVersionInput>;

export const listVersionsInput = z.strictObject({
  workflowId,
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type ListVersionsInput = z.input<typeof listVersionsInput>;

const comparedVersion = z.literal("draft").or(z.uuid("This version does not exist."));
const anyVersion = z.literal("published").or(comparedVersion);

/** Two versions to compare; `draft` is the draft as it is now, `published` what runs. */
export const versionDiffInput = z.strictObject({ workflowId, from: anyVersion, to: anyVersion });
/** What is compared and which page of versions is shown. */
export const comparedVersionsQuery = z.strictObject({
  from: comparedVersion.optional(),
  to: comparedVersion.optional(),
  cursor: cursorInput,
});
export type VersionDiffInput = z.output<typeof versionDiffInput>;

export const calledVersionInput = z.strictObject({
  workflowId,
  versionId: z.uuid("This version does not exist."),
});
export type CalledVersionInput = z.output<typeof calledVersionInput>;

/** What a workflow is to take and give. */
export const callersToFollowInput = z.strictObject({
  workflowId,
  inputs: z.array(inputField).max(50),
  outputs: z.array(z.string().max(40)).max(25_000),
});
export type CallersToFollowInput = z.output<typeof callersToFollowInput>;

export const renameWorkflowInput = z.strictObject({
  workflowId,
  name: workflowName,
  description: workflowDescription,
});
export type RenameWorkflowInput = z.output<typeof renameWorkflowInput>;

export const setWorkflowActiveInput = z.strictObject({
  workflowId,
  isActive: z.stringbool().or(z.boolean()),
});
export type SetWorkflowActiveInput = z.output<typeof setWorkflowActiveInput>;

export const workflowIdInput = z.strictObject({ workflowId });
export type WorkflowIdInput = z.output<typeof workflowIdInput>;

export const agentInput = z.strictObject({ agentId: z.uuid("This agent does not exist.") });
export type AgentInput = z.output<typeof agentInput>;

export const runStepInput = z.strictObject({
  executionId: z.uuid("This run does not exist."),
  nodeId: z.string().max(64),
});
export type RunStepInput = z.output<typeof runStepInput>;
