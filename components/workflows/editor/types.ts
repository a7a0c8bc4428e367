import type { RunQuestion } from "@/lib/approvals/run-questions";
import type { CredentialChoice } from "@/lib/credentials/queries";
import type { FindDocuments } from "@/lib/knowledge/choices";
import type { ServerAction } from "@/lib/result";
import type { RunCostRange } from "@/lib/runs/cost-range";
import type { TriggerToFollow } from "@/lib/triggers/queries";
import type { CallableWorkflow, CalledVersion } from "@/lib/workflows/called";
import type { CallerToFollow } from "@/lib/workflows/caller-queries";
import type { Graph } from "@/lib/workflows/graph";

/** What a workflow's nodes can refer to in this workspace. */
export type EditorResources = {
  readonly agents: readonly { readonly id: string; readonly name: string; readonly isActive: boolean }[];
  readonly models: readonly { readonly modelKey: string; readonly modelName: string }[];
  readonly documents: readonly { readonly id: string; readonly filename: string }[];
  /** Published workflows other than this one. */
  readonly workflows: readonly CallableWorkflow[];
  readonly credentials: readonly CredentialChoice[];
  readonly people: readonly { readonly id: string; readonly fullName: string; readonly isActive: boolean }[];
};

export type EditorWorkflow = {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly graph: Graph;
  readonly revision: number;
  readonly publishedVersion: number | null;
  readonly hasUnpublishedChanges: boolean;
};

/** A node alone, or a node and everything after it. */
export type RunScope = "node" | "from";

/** One step of a run as it is shown in full. */
export type StepDetail = {
  readonly status: string;
  readonly attempt: number;
  readonly input: unknown;
  readonly output: unknown;
  readonly errorMessage: string | null;
};

/** The server's part of the editor. */
export type EditorActions = {
  readonly save: ServerAction<{ revision: number }>;
  readonly load: ServerAction<{ graph: Graph; revision: number }>;
  readonly publish: ServerAction<{ version: number }>;
  /** The triggers that do not go with fields the input is to have. */
  readonly toFollow: ServerAction<TriggerToFollow[]>;
  /** The workflows that call this one and do not go with what it is to take and give. */
  readonly callersToFollow: ServerAction<CallerToFollow[]>;
  readonly start: ServerAction<{ executionId: string }>;
  readonly estimate: ServerAction<RunCostRange>;
  readonly runNodes: ServerAction<{ executionId: string }>;
  readonly step: ServerAction<StepDetail | null>;
  /** What a version takes and gives that is not the published one; null when it is gone. */
  readonly calledVersion: ServerAction<CalledVersion | null>;
  /** What the run waits for people to say. */
  readonly questions: ServerAction<RunQuestion[]>;
  readonly findDocuments: FindDocuments;
};
