import { PasswordInput } from "@/components/accounts/password-input";
import { TextLink } from "@/components/accounts/text-link";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Input } from "@/components/ui/input";
import type { ServerAction } from "@/lib/result";

/** E-mail and password. */
export function SignInForm<T>({ action, next }: { action: ServerAction<T>; next: string | null }) {
  return (
    <ActionForm action={action}>
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <FormField name="email" label="E-mail" required>
        <Input type="email" autoComplete="username" inputMode="email" autoFocus />
      </FormField>
      <FormField
        name="password"
        label="Password"
        required
        aside={
          <span className="text-[0.8125rem]">
            <TextLink href="/forgot-password">Forgot password?</TextLink>
          </span>
        }
      >
        <PasswordInput autoComplete="current-password" />
      </FormField>
      <SubmitButton size="lg" className="w-full" pendingLabel="Signing in">
        Sign in
      </SubmitButton>
    </ActionForm>
  );
}
