import { PasswordInput } from "@/components/accounts/password-input";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { PASSWORD_HINT } from "@/lib/accounts/password-rules";
import type { ServerAction } from "@/lib/result";

/** The current password proves who asks; the new one replaces it. */
export function ChangePasswordForm<T>({ action, email }: { action: ServerAction<T>; email: string }) {
  return (
    <ActionForm
      action={action}
      successMessage="Your password is changed. Other devices are signed out."
      resetOnSuccess
      className="max-w-md"
    >
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <FormField name="currentPassword" label="Current password" required>
        <PasswordInput autoComplete="current-password" />
      </FormField>
      <FormField name="password" label="New password" required hint={PASSWORD_HINT}>
        <PasswordInput autoComplete="new-password" />
      </FormField>
      <SubmitButton className="w-fit">Change password</SubmitButton>
    </ActionForm>
  );
}
