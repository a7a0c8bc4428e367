import { type RawConfig, textOf } from "./kind";
import { type InputField, inputField } from "./kinds/input";

/** What calling a workflow takes and gives. */
export type CalledWorkflow = {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  /** The fields of its Input node. */
  readonly inputs: readonly InputField[];
  /** The keys of the fields of its Output nodes. */
  readonly outputs: readonly string[];
};

/** What a version of a workflow takes and gives. */
export type CalledVersion = Pick<CalledWorkflow, "inputs" | "outputs">;

/** What versions take and give, by id; null of one that is gone. */
export type CalledVersions = ReadonlyMap<string, CalledVersion | null>;

/** A workflow that can be chosen, with its versions, newest first. */
export type CallableWorkflow = CalledWorkflow & {
  readonly publishedVersion: number;
  readonly versions: readonly { readonly id: string; readonly version: number }[];
};

/** The id of the version that a config calls, where that is not the published one. */
export function otherVersion(
  { versions, publishedVersion }: CallableWorkflow,
  config: RawConfig,
): string | null {
  const versionId = textOf(config, "versionId");
  const published = versions.find(({ version }) => version === publishedVersion);
  return versionId === "" || versionId === published?.id ? null : versionId;
}

/** The fields of an Input node as they are stored. They were checked when the version was published. */
export function calledInputs(fields: unknown): readonly InputField[] {
  if (!Array.isArray(fields)) return [];
  return fields.flatMap((field) => {
    const parsed = inputField.safeParse(field);
    return parsed.success ? [parsed.data] : [];
  });
}

/** The keys of the fields of Output nodes, each once. */
export function calledOutputs(keys: unknown): readonly string[] {
  if (!Array.isArray(keys)) return [];
  return [...new Set(keys.filter((key) => typeof key === "string"))];
}
