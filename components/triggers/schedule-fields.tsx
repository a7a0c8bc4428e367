"use client";

import { useId, useState } from "react";
import { FieldGroup, FormField } from "@/components/shared/form-field";
import { useHydrated } from "@/components/shared/use-hydrated";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { ScheduleConfig } from "@/lib/triggers/input";
import { cronProblem, timeZoneProblem } from "@/lib/triggers/schedule";
import type { InputField } from "@/lib/workflows/kinds/input";
import { InputFields } from "./input-fields";
import { SchedulePreview } from "./schedule-preview";

const USUAL = [
  { cron: "0 9 * * 1-5", label: "Weekdays at 9:00" },
  { cron: "0 9 * * *", label: "Every day at 9:00" },
  { cron: "0 9 * * 1", label: "Mondays at 9:00" },
  { cron: "0 9 1 * *", label: "The first of the month" },
  { cron: "0 * * * *", label: "Every hour" },
  { cron: "*/15 * * * *", label: "Every 15 minutes" },
] as const;

/** When a schedule starts and what its runs are given. */
export function ScheduleFields({
  config,
  fields,
}: {
  config: ScheduleConfig | null;
  fields: readonly InputField[];
}) {
  const [cron, setCron] = useState(config?.cron ?? "0 9 * * 1-5");
  const [zone, setZone] = useState<string | null>(config?.timeZone ?? null);
  const isClient = useHydrated();
  const here = isClient ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  const timeZone = zone ?? here;
  const problem = cronProblem(cron);
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <FormField
          name="settings.cron"
          label="When"
          required
          hint="Minute, hour, day of the month, month, day of the week."
          {...(problem && cron.trim() !== "" ? { error: problem } : {})}
        >
          <Input
            value={cron}
            onChange={(event) => setCron(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
          />
        </FormField>
        <FormField name="usual" label="Or one of these" required>
          <NativeSelect
            name={undefined}
            value={USUAL.some((usual) => usual.cron === cron) ? cron : ""}
            onChange={(event) => event.target.value && setCron(event.target.value)}
          >
            <option value="">Something else</option>
            {USUAL.map((usual) => (
              <option key={usual.cron} value={usual.cron}>
                {usual.label}
              </option>
            ))}
          </NativeSelect>
        </FormField>
      </div>
      <TimeZoneField value={timeZone} onChange={setZone} />
      <SchedulePreview cron={cron} timeZone={timeZone} />
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField name="settings.missed" label="If its time was missed" required>
          <NativeSelect defaultValue={config?.missed ?? "skip"}>
            <option value="skip">Leave it out</option>
            <option value="run_once">Make up for it once</option>
          </NativeSelect>
        </FormField>
        <FormField name="settings.maxFailures" label="Turn off after failures in a row" required>
          <Input type="number" min={1} max={100} defaultValue={config?.maxFailures ?? 5} />
        </FormField>
      </div>
      {fields.length > 0 ? (
        <FieldGroup legend="What each run is given">
          <InputFields fields={fields} prefix="settings.input" values={config?.input ?? {}} />
        </FieldGroup>
      ) : null}
    </>
  );
}

function TimeZoneField({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const listId = useId();
  const isClient = useHydrated();
  const problem = value.trim() === "" ? null : timeZoneProblem(value);
  return (
    <FormField name="settings.timeZone" label="Time zone" required {...(problem ? { error: problem } : {})}>
      <Input
        list={listId}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="off"
        spellCheck={false}
      />
      <datalist id={listId}>
        {isClient
          ? ["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => <option key={zone} value={zone} />)
          : null}
      </datalist>
    </FormField>
  );
}
