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

/** A workflow that can be chosen, with its versions, newest first. */
export type CallableWorkflow = CalledWorkflow & {
  readonly publishedVersion: number;
  readonly versions: readonly { readonly id: string; readonly version: number }[];
};

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
