import { ActionForm } from "@/components/shared/action-form";
import { SubmitButton } from "@/components/shared/submit-button";
import type { ServerAction } from "@/lib/result";

const NAMES = { google: "Google", github: "GitHub" } as const;

export type ProviderName = keyof typeof NAMES;

/** Signing in by another service, for the services that this installation has keys for. */
export function ProviderButtons<T>({
  providers,
  action,
  next,
}: {
  providers: readonly ProviderName[];
  action: ServerAction<T>;
  next: string | null;
}) {
  if (providers.length === 0) return null;
  return (
    <div className="grid gap-2.5">
      {providers.map((provider) => (
        <ActionForm key={provider} action={action}>
          <input type="hidden" name="provider" value={provider} />
          {next ? <input type="hidden" name="next" value={next} /> : null}
          <SubmitButton variant="outline" size="lg" className="w-full">
            Continue with {NAMES[provider]}
          </SubmitButton>
        </ActionForm>
      ))}
      <div className="flex items-center gap-3 text-muted-foreground text-xs">
        <span className="h-px flex-1 bg-border" />
        or
        <span className="h-px flex-1 bg-border" />
      </div>
    </div>
  );
}
