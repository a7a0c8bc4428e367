import type { ActionRow, Audience, Victim } from "./authz-matrix";

export const PASSWORD = "quiet harbour lantern";
export const EMAIL = "intruder@example.com";
export const TOKEN = "A".repeat(43);
export const REASON = "an attack that must fail";
export const JOB_RUN = "01970000-0000-7000-8000-000000000000";
export const GRAPH = { version: 1, nodes: [], edges: [] };
export const PLAN_FIELDS = {
  name: "Intruder",
  allowance: "1000",
  trialDays: "365",
  trialAllowance: "1000",
  position: "0",
  isPublic: "on",
};
export const nothing = () => ({});

export function agentFields({ modelKey }: Victim) {
  return { name: "Intruder", role: "Intrude.", llmConfig: { modelKey } };
}

export const action = (audience: Audience, input: ActionRow["input"]): ActionRow => ({
  for: audience,
  input,
});
export const reaching = (audience: Audience, input: ActionRow["input"]): ActionRow => ({
  ...action(audience, input),
  reaches: true,
});
