import { FormField } from "@/components/shared/form-field";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import type { FormConfig } from "@/lib/triggers/input";

/** What a form page says, who may open it, and what follows. Its fields are those of the workflow's input. */
export function FormFields({ config, mayExpose }: { config: FormConfig | null; mayExpose: boolean }) {
  const mayBePublic = mayExpose || config?.access === "public";
  return (
    <>
      <FormField name="settings.title" label="Title of the page" required>
        <Input defaultValue={config?.title} autoComplete="off" />
      </FormField>
      <FormField name="settings.description" label="Text under the title">
        <Textarea rows={3} defaultValue={config?.description} />
      </FormField>
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField
          name="settings.access"
          label="Who may open it"
          required
          {...(mayExpose ? {} : { hint: "Only an admin can open a form to anybody." })}
        >
          <NativeSelect defaultValue={config?.access ?? (mayExpose ? "public" : "members")}>
            {mayBePublic ? <option value="public">Anybody with the address</option> : null}
            <option value="members">People of this workspace</option>
          </NativeSelect>
        </FormField>
        <FormField name="settings.submitLabel" label="Label of the button">
          <Input defaultValue={config?.submitLabel} placeholder="Send" />
        </FormField>
      </div>
      <FormField
        name="settings.showsResult"
        label="Show the result"
        inline
        hint="Whoever sends the form sees how far the run is, and then what it gave."
      >
        <Checkbox defaultChecked={config?.showsResult ?? false} />
      </FormField>
      <FormField
        name="settings.showsSources"
        label="Name the sources"
        inline
        hint="Under a result that cites documents stand their names and pages, for everybody who may open the form. Otherwise the numbers of the sources are left out."
      >
        <Checkbox defaultChecked={config?.showsSources ?? false} />
      </FormField>
      <FormField name="settings.thanks" label="Thank-you text">
        <Textarea rows={2} defaultValue={config?.thanks} placeholder="Thank you. We have received it." />
      </FormField>
    </>
  );
}
