"use client";

import { useId, useState } from "react";
import { FieldGroup, FormField } from "@/components/shared/form-field";
import { useHydrated } from "@/components/shared/use-hydrated";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { ScheduleConfig } from "@/lib/triggers/input";
import { cronProblem, timeZoneProblem } from "@/lib/triggers/schedule";
import { cronAt, USUAL_SCHEDULES, usualSchedule } from "@/lib/triggers/schedule-words";
import type { InputField } from "@/lib/workflows/kinds/input";
import { InputFields } from "./input-fields";
import { SchedulePreview } from "./schedule-preview";

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
  const found = usualSchedule(cron);
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <FormField name="usual" label="How often" required>
          <NativeSelect
            name={undefined}
            value={found?.usual.cron ?? ""}
            onChange={(event) => {
              const usual = USUAL_SCHEDULES.find((one) => one.cron === event.target.value);
              if (usual) setCron(cronAt(usual, found?.time ?? null));
            }}
          >
            {found ? null : <option value="">As written below</option>}
            {USUAL_SCHEDULES.map((usual) => (
              <option key={usual.cron} value={usual.cron}>
                {usual.label}
              </option>
            ))}
          </NativeSelect>
        </FormField>
        {found?.time ? (
          <FormField name="time" label="At" required>
            <Input
              name={undefined}
              type="time"
              value={found.time}
              onChange={(event) => event.target.value && setCron(cronAt(found.usual, event.target.value))}
            />
          </FormField>
        ) : null}
      </div>
      <FormField
        name="settings.cron"
        label="The same as a cron expression"
        required
        hint="For anything else. Minute, hour, day of the month, month, day of the week."
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
