import type { ReactNode } from "react";
import { KeyValueList } from "@/components/shared/key-value-list";
import type { ScheduleConfig } from "@/lib/triggers/input";
import { scheduleWords } from "@/lib/triggers/schedule-words";
import type { InputField } from "@/lib/workflows/kinds/input";

const MISSED = { skip: "Left out", run_once: "Made up for once" } as const;

/** When a schedule starts, what it does about failures, and what each of its runs is given. */
export function ScheduleFacts({
  config,
  fields,
  failuresInRow,
}: {
  config: ScheduleConfig;
  fields: readonly InputField[];
  failuresInRow: number;
}) {
  const left = Object.entries(config.input).filter(([key]) => !fields.some((field) => field.key === key));
  const facts = [
    { label: "When", value: <ScheduleTime cron={config.cron} /> },
    { label: "Time zone", value: config.timeZone },
    { label: "If its time was missed", value: MISSED[config.missed] },
    { label: "Failures in a row", value: `${failuresInRow} of ${config.maxFailures} until it is turned off` },
    ...fields.map((field) => ({
      label: field.label,
      value: shown(field, config.input[field.key] ?? field.default),
    })),
    ...left.map(([key, value]) => ({
      label: `${key}, which is no field any more`,
      value: shown({ type: "text" }, value),
    })),
  ];
  return <KeyValueList items={facts} className="-my-2.5" />;
}

/** When a schedule starts: in words, where it is a usual one. */
export function ScheduleTime({ cron }: { cron: string }) {
  return scheduleWords(cron) ?? <code className="font-mono text-[0.8125rem]">{cron}</code>;
}

/** A value of the input as its field holds it: several lines stay several. Forms keep a yes or no as text. */
function shown({ type }: Pick<InputField, "type">, value: unknown): ReactNode {
  if (type === "boolean") return ["true", "on"].includes(String(value)) ? "Yes" : "No";
  if (value === undefined || value === null || value === "") return null;
  return <span className="whitespace-pre-wrap break-words">{String(value)}</span>;
}
