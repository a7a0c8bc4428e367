"use client";

import { ActionForm } from "@/components/shared/action-form";
import { FieldGroup, FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { CountrySelect } from "@/components/tax/country-select";
import { Input } from "@/components/ui/input";
import type { BillingDetails } from "@/lib/billing/details-queries";
import type { ServerAction } from "@/lib/result";

/** Who the workspace is on its invoices. */
export function DetailsForm({
  action,
  details,
  countries,
  workspaceName,
}: {
  action: ServerAction<void>;
  details: BillingDetails;
  /** By their names as the server knows them: browsers call some otherwise. */
  countries: readonly { code: string; name: string }[];
  workspaceName: string;
}) {
  const { address } = details;
  return (
    <ActionForm
      guarded
      action={action}
      successMessage="Saved. Invoices show it from now on."
      className="grid max-w-2xl gap-8"
    >
      <input type="hidden" name="updatedAt" value={details.updatedAt?.toISOString() ?? ""} />
      <FieldGroup legend="Company">
        <FormField name="legalName" label="Legal name" hint={`Empty: ${workspaceName}.`}>
          <Input autoComplete="organization" defaultValue={details.legalName ?? ""} />
        </FormField>
        <FormField name="address.line1" label="Address">
          <Input autoComplete="address-line1" defaultValue={address.line1 ?? ""} />
        </FormField>
        <FormField name="address.line2" label="Second line">
          <Input autoComplete="address-line2" defaultValue={address.line2 ?? ""} />
        </FormField>
        <div className="grid gap-4 sm:grid-cols-[11rem_1fr_1fr]">
          <FormField name="address.postalCode" label="Postal code">
            <Input autoComplete="postal-code" defaultValue={address.postalCode ?? ""} />
          </FormField>
          <FormField name="address.city" label="City">
            <Input autoComplete="address-level2" defaultValue={address.city ?? ""} />
          </FormField>
          <FormField name="address.state" label="State">
            <Input autoComplete="address-level1" defaultValue={address.state ?? ""} />
          </FormField>
        </div>
        <FormField name="country" label="Country" hint="It decides the tax.">
          <CountrySelect countries={countries} defaultValue={details.country} />
        </FormField>
      </FieldGroup>
      <FieldGroup legend="Tax and invoices">
        <FormField
          name="taxId"
          label="Tax id"
          hint="In the European Union the VAT number, such as DE123456789. With it, the reverse charge applies where it is due."
        >
          <Input autoComplete="off" defaultValue={details.taxId ?? ""} />
        </FormField>
        <FormField name="email" label="E-mail for invoices" hint="Empty: the admins of this workspace.">
          <Input type="email" autoComplete="email" defaultValue={details.email ?? ""} />
        </FormField>
        <FormField
          name="reference"
          label="Your reference"
          hint="An order number or cost centre, on every invoice."
        >
          <Input autoComplete="off" defaultValue={details.reference ?? ""} />
        </FormField>
      </FieldGroup>
      <div>
        <SubmitButton>Save details</SubmitButton>
      </div>
    </ActionForm>
  );
}
