"use client";

import { UserPlus } from "lucide-react";
import { inviteMemberAction } from "@/app/app/team/actions";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { useNewDialog } from "@/components/shared/use-new-dialog";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { MEMBER_ROLES } from "@/lib/team/input";
import { MEMBER_ROLE_NAMES } from "@/lib/team/role-names";

/** Asks for an address and a role, and sends the invitation. */
export function InviteDialog() {
  const { open, setOpen } = useNewDialog();
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button>
          <UserPlus aria-hidden="true" />
          Invite
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Invite somebody</DialogTitle>
          <DialogDescription>They get a link by mail. It works once, for 7 days.</DialogDescription>
        </DialogHeader>
        <ActionForm
          guarded
          action={inviteMemberAction}
          successMessage="The invitation is on its way."
          onSuccess={(_sent, isLeft) => isLeft || setOpen(false)}
        >
          <FormField name="email" label="E-mail" required>
            <Input type="email" autoComplete="off" inputMode="email" autoFocus />
          </FormField>
          <FormField name="role" label="Role" required>
            <NativeSelect defaultValue="user">
              {[...MEMBER_ROLES].reverse().map((role) => (
                <option key={role} value={role}>
                  {MEMBER_ROLE_NAMES[role].label}: {MEMBER_ROLE_NAMES[role].meaning}
                </option>
              ))}
            </NativeSelect>
          </FormField>
          <DialogFooter>
            <SubmitButton>Send invitation</SubmitButton>
          </DialogFooter>
        </ActionForm>
      </DialogContent>
    </Dialog>
  );
}
