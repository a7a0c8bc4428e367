import { ActionButton } from "@/components/shared/action-button";
import { CodeBlock } from "@/components/shared/code-block";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { NativeSelect } from "@/components/ui/native-select";
import type { ServerAction } from "@/lib/result";
import { exampleCall } from "@/lib/triggers/example";
import type { WebhookConfig } from "@/lib/triggers/input";
import type { TriggerAccess } from "@/lib/triggers/queries";
import type { InputField } from "@/lib/workflows/kinds/input";
import { AddressLine, SecretLine } from "./secret-line";

type RotateAction = ServerAction<{ id: string }>;

/** The address of a webhook or form, with the ways to change it. */
export function AddressPanel({
  triggerId,
  address,
  rotateAction,
}: {
  triggerId: string;
  address: string;
  rotateAction: RotateAction;
}) {
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium text-sm">Address</h3>
        <ActionButton
          action={rotateAction}
          input={{ triggerId, secret: "address" }}
          variant="ghost"
          size="sm"
          successMessage="The address is another one now."
          confirm={{
            title: "Make another address?",
            description:
              "The old address ends at once: whoever uses it gets an error until you give them the new one.",
            confirmLabel: "Make another address",
            destructive: true,
          }}
        >
          New address
        </ActionButton>
      </div>
      <AddressLine value={address} />
    </div>
  );
}

/** What a sender of a webhook needs: its address, its signing secret, and a call to copy. */
export function WebhookAccess({
  triggerId,
  access,
  fields,
  config,
  rotateAction,
}: {
  triggerId: string;
  access: TriggerAccess;
  fields: readonly InputField[];
  config: WebhookConfig;
  rotateAction: RotateAction;
}) {
  const isSigned = config.requiresSignature;
  return (
    <div className="grid gap-5">
      <AddressPanel triggerId={triggerId} address={access.address} rotateAction={rotateAction} />
      {access.signing ? (
        <div className="grid gap-2">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <h3 className="font-medium text-sm">
              Signing secret
              {isSigned ? null : <span className="font-normal text-muted-foreground"> not required</span>}
            </h3>
            <RotateSigning triggerId={triggerId} action={rotateAction} />
          </div>
          <SecretLine label="the signing secret" value={access.signing} />
          <p className="text-muted-foreground text-sm">
            The signature is the hex of HMAC-SHA256 over the time, a dot and the body, with the whole secret
            as its key. It is good for five minutes.
          </p>
          {access.previousUntil ? (
            <p className="text-muted-foreground text-sm">
              The secret before this one is good until <DateTime value={access.previousUntil} />.
            </p>
          ) : null}
        </div>
      ) : null}
      <div className="grid gap-2 text-muted-foreground text-sm">
        <h3 className="font-medium text-foreground">What is taken once</h3>
        <p>
          A call that names itself by{" "}
          <code className="wrap-anywhere font-mono text-xs">HireBuddha-Delivery</code> as an earlier one did
          starts no second run, so that a sender may send again what got no answer. Each new thing needs a
          name of its own; Idempotency-Key, X-GitHub-Delivery and Webhook-Id are names too.
        </p>
        {isSigned ? (
          <p>
            The signature covers the time and the body alone. Two calls with the same body and the same time,
            which is whole seconds, are one call, under whatever names they come: where that can happen, put
            something into the body that differs, such as a number of the order.
          </p>
        ) : (
          <p>Without a name each call starts a run.</p>
        )}
      </div>
      <CodeBlock title="A call" code={exampleCall(access.address, fields, config)} />
    </div>
  );
}

function RotateSigning({ triggerId, action }: { triggerId: string; action: RotateAction }) {
  return (
    <FormDialog
      label="New secret"
      variant="ghost"
      size="sm"
      title="Make another signing secret?"
      description="Give the new one to the sender before the old one ends."
      action={action}
      hidden={{ triggerId, secret: "signature" }}
      submitLabel="Make another secret"
      successMessage="The signing secret is another one now."
    >
      <FormField name="graceHours" label="The old secret is good for" required>
        <NativeSelect defaultValue="1">
          <option value="0">No longer</option>
          <option value="1">1 more hour</option>
          <option value="4">4 more hours</option>
          <option value="24">24 more hours</option>
        </NativeSelect>
      </FormField>
    </FormDialog>
  );
}
