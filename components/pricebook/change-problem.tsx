"use client";

import { FieldErrorList } from "@/components/shared/form-field";
import { errorsOf, useFormState } from "@/components/shared/form-state";

/** Why a price cannot begin, at its row. An `output` carries a name in its form and sends nothing. */
export function ChangeProblem({ name }: { name: string }) {
  const errors = errorsOf(useFormState().error?.fields, name);
  return (
    <output name={name} className="block">
      <FieldErrorList id={`problem-${name}`} errors={errors} />
    </output>
  );
}
