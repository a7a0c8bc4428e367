import { FormCard } from "@/components/triggers/form-card";

export default function FormNotFound() {
  return (
    <FormCard
      title="This form is not open"
      description="The address may be mistyped, or the form has been closed. Ask whoever sent you here."
    />
  );
}
