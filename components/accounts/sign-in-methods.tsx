import { ActionForm } from "@/components/shared/action-form";
import { SubmitButton } from "@/components/shared/submit-button";
import { Badge } from "@/components/ui/badge";
import type { ServerAction } from "@/lib/result";

const NAMES: Readonly<Record<string, string>> = { google: "Google", github: "GitHub" };

/** Google and GitHub: connected, or the button that connects them to this account. */
export function SignInMethods<T>({
  providers,
  linked,
  link,
}: {
  providers: readonly string[];
  linked: readonly string[];
  link: ServerAction<T>;
}) {
  return (
    <ul className="grid gap-3">
      {providers.map((provider) => (
        <li key={provider} className="flex items-center justify-between gap-4">
          <span className="font-medium text-sm">{NAMES[provider] ?? provider}</span>
          {linked.includes(provider) ? (
            <Badge tone="success">Connected</Badge>
          ) : (
            <ActionForm action={link}>
              <input type="hidden" name="provider" value={provider} />
              <SubmitButton variant="outline" size="sm">
                Connect
              </SubmitButton>
            </ActionForm>
          )}
        </li>
      ))}
    </ul>
  );
}
