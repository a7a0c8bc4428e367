import { PasswordInput } from "@/components/accounts/password-input";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Input } from "@/components/ui/input";
import { PASSWORD_HINT } from "@/lib/accounts/password-rules";
import type { ServerAction } from "@/lib/result";

/** Person, workspace, e-mail and password. */
export function SignUpForm<T>({ action }: { action: ServerAction<T> }) {
  return (
    <ActionForm action={action}>
      <FormField name="fullName" label="Your name" required>
        <Input autoComplete="name" autoFocus />
      </FormField>
      <FormField name="workspaceName" label="Workspace" required hint="Usually the name of your company.">
        <Input autoComplete="organization" />
      </FormField>
      <FormField name="email" label="E-mail" required>
        <Input type="email" autoComplete="username" inputMode="email" />
      </FormField>
      <FormField name="password" label="Password" required hint={PASSWORD_HINT}>
        <PasswordInput autoComplete="new-password" />
      </FormField>
      <SubmitButton size="lg" className="w-full" pendingLabel="Creating your workspace">
        Create workspace
      </SubmitButton>
    </ActionForm>
  );
}
