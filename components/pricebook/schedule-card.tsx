import { ChangeProblem } from "@/components/pricebook/change-problem";
import { ScheduleForm } from "@/components/pricebook/schedule-form";
import { DateTime } from "@/components/shared/date-time";
import { FormField } from "@/components/shared/form-field";
import { Money } from "@/components/shared/money";
import { SubmitButton } from "@/components/shared/submit-button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import type { DraftView } from "@/lib/pricebook/queries/drafts";
import { midnightFrom } from "@/lib/rates/schedule";
import type { ServerAction } from "@/lib/result";

/** A moment as a field of a form takes it. */
const typed = (moment: Date) => moment.toISOString().slice(0, 16);

/** Makes the prices of a draft hold from a day on. What cannot begin then says so at its row. */
export function ScheduleCard({
  draft,
  models,
  schedule,
}: {
  draft: DraftView;
  /** What the models are called. */
  models: ModelNames;
  schedule: ServerAction<{ made: number }>;
}) {
  const changes = draft.rows.filter((row) => draft.changes.includes(row.key));
  return (
    <Card id="schedule">
      <CardHeader>
        <CardTitle>Schedule</CardTitle>
        <CardDescription>
          {changes.length === 0
            ? "Every price of this draft is asked already: there is nothing to schedule."
            : "All of these prices begin at one moment, or none does. Until then each can be withdrawn."}
        </CardDescription>
      </CardHeader>
      {changes.length === 0 ? (
        <div className="pb-5" />
      ) : (
        <CardContent>
          <ScheduleForm key={draft.updatedAt.toISOString()} action={schedule}>
            <input type="hidden" name="draftId" value={draft.id} />
            <input type="hidden" name="updatedAt" value={draft.updatedAt.toISOString()} />
            <ul className="divide-y rounded-lg border text-sm">
              {changes.map((row) => (
                <li key={row.key} className="px-4 py-2.5">
                  <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
                    <span className="wrap-anywhere">
                      {describeResource(row.thing.resourceType, row.thing.modelKey, models)}
                    </span>
                    <span className="tabular">
                      {row.todayMicros === null ? (
                        <span className="text-muted-foreground">none</span>
                      ) : (
                        <Money micros={row.todayMicros} exact className="text-muted-foreground" />
                      )}
                      <span aria-hidden="true" className="px-2 text-muted-foreground">
                        →
                      </span>
                      <span className="sr-only"> becomes </span>
                      <Money micros={row.draftMicros ?? 0n} exact className="font-medium" />
                    </span>
                  </div>
                  <ChangeProblem name={`rates.${row.key}`} />
                </li>
              ))}
            </ul>
            <FormField
              name="effectiveFrom"
              label="Begins (UTC)"
              hint={
                draft.earliest ? (
                  <>
                    A base price rises above a partner's price: <DateTime value={draft.earliest} utc /> at the
                    earliest, which is what an empty field means. The partners are told by mail.
                  </>
                ) : (
                  "Empty means now. What was used before keeps its price."
                )
              }
            >
              <Input
                type="datetime-local"
                className="w-60 max-w-full"
                defaultValue={draft.earliest ? typed(midnightFrom(draft.earliest)) : ""}
              />
            </FormField>
            <SubmitButton className="justify-self-start">
              {changes.length === 1 ? "Schedule 1 price" : `Schedule ${changes.length} prices`}
            </SubmitButton>
          </ScheduleForm>
        </CardContent>
      )}
    </Card>
  );
}
