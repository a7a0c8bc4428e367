"use client";

import { RefreshCw, Webhook } from "lucide-react";
import { type ReactNode, useState } from "react";
import { EndpointFields } from "@/components/notifications/endpoint-fields";
import { ActionForm } from "@/components/shared/action-form";
import { SecretShown } from "@/components/shared/secret-shown";
import { SubmitButton } from "@/components/shared/submit-button";
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
import type { ServerAction } from "@/lib/result";

type WithSecret = { secret: string };

/** Adds an endpoint and shows its secret once. */
export function CreateEndpointDialog({ action }: { action: ServerAction<WithSecret> }) {
  return (
    <SecretDialog
      trigger={
        <Button>
          <Webhook aria-hidden="true" />
          New endpoint
        </Button>
      }
      title="New endpoint"
      description="An address of yours that is told what happens here."
      submitLabel="Add endpoint"
      action={action}
    >
      <EndpointFields />
    </SecretDialog>
  );
}

/** Makes a new secret for an endpoint and shows it once. */
export function RotateSecretDialog({
  endpointId,
  action,
}: {
  endpointId: string;
  action: ServerAction<WithSecret>;
}) {
  return (
    <SecretDialog
      trigger={
        <Button variant="outline">
          <RefreshCw aria-hidden="true" />
          New secret
        </Button>
      }
      title="Make a new secret?"
      description="For 24 hours messages are signed with the new secret and the one before, so that nothing is lost while you change it on your side. After that only the new one counts."
      submitLabel="Make a new secret"
      action={action}
    >
      <input type="hidden" name="endpointId" value={endpointId} />
    </SecretDialog>
  );
}

function SecretDialog({
  trigger,
  title,
  description,
  submitLabel,
  action,
  children,
}: {
  trigger: ReactNode;
  title: string;
  description: string;
  submitLabel: string;
  action: ServerAction<WithSecret>;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);

  function toggle(next: boolean) {
    setOpen(next);
    if (!next) setSecret(null);
  }

  /** Also when the dialog was closed meanwhile: nobody sees the secret another time. */
  function show(made: WithSecret) {
    setSecret(made.secret);
    setOpen(true);
  }

  return (
    <Dialog open={open} onOpenChange={toggle}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent staysOpen={secret !== null}>
        {secret ? (
          <SecretShown
            title="The endpoint’s secret"
            description="Your side checks with it that a message comes from here."
            warning="It is shown this once. You can make a new one at any time."
            value={secret}
            copyLabel="Copy secret"
            testId="new-webhook-secret"
          />
        ) : (
          <>
            <DialogHeader>
              <DialogTitle>{title}</DialogTitle>
              <DialogDescription>{description}</DialogDescription>
            </DialogHeader>
            <ActionForm guarded action={action} onSuccess={show}>
              {children}
              <DialogFooter>
                <SubmitButton>{submitLabel}</SubmitButton>
              </DialogFooter>
            </ActionForm>
          </>
        )}
      </DialogContent>
    </Dialog>
  );
}
