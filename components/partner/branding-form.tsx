import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { CountrySelect } from "@/components/tax/country-select";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { COUNTRY_OPTIONS } from "@/lib/billing/countries";
import type { Branding } from "@/lib/branding/queries";
import type { ServerAction } from "@/lib/result";

/** What a partner's documents say of it, and how they look. @param save null for who only reads */
export function BrandingForm({ branding, save }: { branding: Branding; save: ServerAction<unknown> | null }) {
  if (!save)
    return (
      <fieldset disabled className="grid max-w-2xl gap-4">
        <Fields branding={branding} />
      </fieldset>
    );
  return (
    <ActionForm
      guarded
      action={save}
      successMessage="Saved: the next invoices look like this."
      className="max-w-2xl"
    >
      <input type="hidden" name="updatedAt" value={branding.updatedAt?.toISOString() ?? ""} />
      <Fields branding={branding} />
      <SubmitButton className="justify-self-start">Save</SubmitButton>
    </ActionForm>
  );
}

function Fields({ branding }: { branding: Branding }) {
  const { address } = branding;
  return (
    <>
      <Card>
        <CardHeader>
          <CardTitle>Name and looks</CardTitle>
          <CardDescription>The head of each document.</CardDescription>
        </CardHeader>
        <CardContent className="grid gap-4">
          <FormField name="displayName" label="Name" required>
            <Input autoComplete="organization" defaultValue={branding.displayName} />
          </FormField>
          <FormField name="accent" label="Colour" hint="Such as #1d4ed8. Dark enough to be read on paper.">
            <Input autoComplete="off" className="max-w-40" defaultValue={branding.accent ?? ""} />
          </FormField>
          {branding.logo ? (
            <div className="grid gap-3">
              {/* biome-ignore lint/performance/noImgElement: its bytes are in the page. */}
              <img
                src={branding.logo}
                alt="Your logo"
                className="max-h-16 max-w-52 rounded-sm border bg-white object-contain p-2"
              />
              <FormField name="removeLogo" label="Remove the logo">
                <Checkbox />
              </FormField>
            </div>
          ) : null}
          <FormField name="logo" label="Logo" hint="PNG or JPEG, at most 100 KB.">
            <Input type="file" accept="image/png,image/jpeg" className="py-1.5" />
          </FormField>
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>Address and tax</CardTitle>
          <CardDescription>What the law in your country asks for on an invoice.</CardDescription>
        </CardHeader>
        <CardContent className="grid items-start gap-4 sm:grid-cols-2">
          <FormField name="line1" label="Street">
            <Input autoComplete="address-line1" defaultValue={address.line1 ?? ""} />
          </FormField>
          <FormField name="line2" label="More">
            <Input autoComplete="address-line2" defaultValue={address.line2 ?? ""} />
          </FormField>
          <FormField name="postalCode" label="Postal code">
            <Input autoComplete="postal-code" defaultValue={address.postalCode ?? ""} />
          </FormField>
          <FormField name="city" label="City">
            <Input autoComplete="address-level2" defaultValue={address.city ?? ""} />
          </FormField>
          <FormField name="country" label="Country">
            <CountrySelect countries={COUNTRY_OPTIONS} defaultValue={address.country} />
          </FormField>
          <FormField name="taxId" label="Tax id">
            <Input autoComplete="off" defaultValue={branding.taxId ?? ""} />
          </FormField>
          <FormField name="email" label="E-mail for questions">
            <Input type="email" autoComplete="email" defaultValue={branding.email ?? ""} />
          </FormField>
          <FormField name="website" label="Website">
            <Input
              type="url"
              autoComplete="url"
              placeholder="https://"
              defaultValue={branding.website ?? ""}
            />
          </FormField>
        </CardContent>
      </Card>
      <FormField name="footer" label="Last line" hint="Below each invoice: a bank account, a thank you.">
        <Textarea rows={2} defaultValue={branding.footer ?? ""} />
      </FormField>
    </>
  );
}
