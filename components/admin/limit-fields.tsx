import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";

type Limits = {
  readonly maxRunning: number | null;
  readonly maxQueued: number | null;
  readonly startsPerMinute: number | null;
};

/** How much may run at once, wait, and start a minute. With `isOptional`, an empty field leaves it to the plan. */
export function LimitFields({ limits, isOptional = false }: { limits: Limits; isOptional?: boolean }) {
  const hint = isOptional ? { hint: "Empty: as the plan says." } : {};
  return (
    <>
      <FormField name="maxRunning" label="Runs at once" required={!isOptional} {...hint}>
        <Input type="number" min={1} max={10_000} defaultValue={limits.maxRunning ?? ""} />
      </FormField>
      <FormField
        name="maxQueued"
        label="Runs waiting for room"
        required={!isOptional}
        hint={isOptional ? "Empty: as the plan says." : "One more is refused."}
      >
        <Input type="number" min={0} max={1_000_000} defaultValue={limits.maxQueued ?? ""} />
      </FormField>
      <FormField
        name="startsPerMinute"
        label="Starts a minute"
        hint={isOptional ? "Empty: as the plan says." : "Empty: as many as they like."}
      >
        <Input type="number" min={1} max={100_000} defaultValue={limits.startsPerMinute ?? ""} />
      </FormField>
    </>
  );
}
