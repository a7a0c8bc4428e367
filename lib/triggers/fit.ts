import { checkRunInput } from "@/lib/runs/run-input";
import type { InputField } from "@/lib/workflows/kinds/input";
import type { ScheduleConfig, WebhookConfig } from "./input";
import type { TriggerConfig } from "./store";

/**
 * What of a trigger's settings does not go with the input of its workflow, a sentence each: a schedule keeps its input and
 * a webhook its expressions by the keys of fields, which do not follow when a field is renamed. Forms show what is asked.
 */
export function misfits(trigger: TriggerConfig, fields: readonly InputField[]): string[] {
  switch (trigger.kind) {
    case "webhook":
      return trigger.config.mapping === "expressions" ? expressionMisfits(trigger.config, fields) : [];
    case "schedule":
      return scheduleMisfits(trigger.config, fields);
    case "form":
      return [];
  }
}

/**
 * The same for fields that are to come instead of others. A webhook that reads fields by their names goes with any, but
 * what calls it sends the names of now.
 */
export function misfitsOnceChanged(
  trigger: TriggerConfig,
  before: readonly InputField[],
  after: readonly InputField[],
): string[] {
  const isByNames = trigger.kind === "webhook" && trigger.config.mapping === "same_names";
  if (!isByNames) return misfits(trigger, after);
  const left = before.filter(({ key }) => !hasKey(after, key));
  const neededBefore = before.filter(isNeeded);
  const asked = after.filter((field) => isNeeded(field) && !hasKey(neededBefore, field.key));
  return [
    ...asked.map(({ key }) => `Calls without “${key}” are refused.`),
    ...left.map(({ key }) => `What calls send as “${key}” is left out.`),
  ];
}

function expressionMisfits({ fields: mapped }: WebhookConfig, fields: readonly InputField[]): string[] {
  const written = mapped.filter(({ expression }) => expression !== "");
  const left = written.filter(({ key }) => !hasKey(fields, key));
  const empty = fields.filter((field) => isNeeded(field) && !hasKey(written, field.key));
  return [
    ...left.map(
      ({ key, expression }) =>
        `The workflow has no input field “${key}”: what “${expression}” gives is left out.`,
    ),
    ...empty.map(({ label }) => `No expression fills “${label}”: calls are refused.`),
  ];
}

function scheduleMisfits({ input }: ScheduleConfig, fields: readonly InputField[]): string[] {
  const checked = checkRunInput(fields, input);
  return checked.ok ? [] : Object.values(checked.fields).flat();
}

function hasKey(list: readonly { readonly key: string }[], key: string): boolean {
  return list.some((one) => one.key === key);
}

/** Whether a run is refused that is given nothing for it. */
function isNeeded(field: InputField): boolean {
  return !checkRunInput([field], {}).ok;
}
