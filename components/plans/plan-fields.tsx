import { FormField } from "@/components/shared/form-field";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { microsToNumeric } from "@/lib/money";
import type { Plan } from "@/lib/plans/store";

/** `20.000000` as people write it. */
const plain = (micros: bigint) => microsToNumeric(micros).replace(/\.?0+$/, "");

/** What a plan is called, includes and offers. A new one gets its key too, which never changes. */
export function PlanFields({ plan }: { plan?: Plan }) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField name="name" label="Name" required>
          <Input autoComplete="off" defaultValue={plan?.name} />
        </FormField>
        {plan ? null : (
          <FormField name="key" label="Key" hint="For limits and the record: it never changes." required>
            <Input autoComplete="off" placeholder="team" />
          </FormField>
        )}
      </div>
      <FormField name="description" label="Description">
        <Textarea rows={2} defaultValue={plan?.description ?? ""} />
      </FormField>
      <FormField
        name="allowance"
        label="Included a month ($)"
        hint="Usage that the fee pays for. What is left of it ends with the month."
        required
      >
        <Input
          inputMode="decimal"
          autoComplete="off"
          defaultValue={plan ? plain(plan.allowanceMicros) : "0"}
        />
      </FormField>
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField name="trialDays" label="Trial days" hint="0: it is not tried." required>
          <Input type="number" min={0} max={365} defaultValue={plan?.trialDays ?? 0} />
        </FormField>
        <FormField
          name="trialAllowance"
          label="Credit of a trial ($)"
          hint="It ends with the trial."
          required
        >
          <Input inputMode="decimal" autoComplete="off" defaultValue={plan ? plain(plan.trialMicros) : "0"} />
        </FormField>
      </div>
      <FormField
        name="position"
        label="Position"
        hint="Plans are offered from the lowest on. New workspaces try the first that has trial days."
        required
      >
        <Input type="number" min={0} max={1000} className="w-28" defaultValue={plan?.position ?? 0} />
      </FormField>
      <FormField name="isPublic" label="Workspaces can choose it" inline>
        <Checkbox defaultChecked={plan?.isPublic ?? true} />
      </FormField>
      {plan ? (
        <FormField name="isActive" label="It is sold: who has it keeps it either way" inline>
          <Checkbox defaultChecked={plan.isActive} />
        </FormField>
      ) : null}
    </>
  );
}
