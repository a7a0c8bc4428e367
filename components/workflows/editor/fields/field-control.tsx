"use client";

import { FormField } from "@/components/shared/form-field";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import { type FormField as FormFieldSpec, isAsked, languageOf, type RawConfig } from "@/lib/workflows/kind";
import { useEditor } from "../context";
import { CalledInputsControl } from "./called-inputs-control";
import { DefaultControl, possibleDefaults } from "./default-control";
import { asText, type FieldProps, withoutPlace } from "./field-props";
import { KeyControl } from "./key-control";
import { ListControl } from "./list-control";
import { NumberControl } from "./number-control";
import {
  AgentControl,
  CredentialControl,
  DocumentsControl,
  ModelControl,
  PeopleControl,
  WorkflowControl,
  WorkflowVersionControl,
} from "./reference-controls";
import { RowsControl } from "./rows-control";
import { Seconds } from "./seconds";
import { TextControl } from "./text-control";

const OPTIONAL: ReadonlySet<string> = new Set([
  "system",
  "temperature",
  "maxOutputTokens",
  "headers",
  "body",
  "allowedStatus",
  "documentIds",
  "outputFields",
  "options",
  "default",
  "description",
]);

/** One field of a node's form with its label, hint and what is wrong with it. */
export function FieldControl({
  field,
  nodeId,
  path,
  config,
  onChange,
  disabled,
}: {
  field: FormFieldSpec;
  nodeId: string;
  path: string;
  config: RawConfig;
  onChange: (value: unknown) => void;
  disabled: boolean;
}) {
  const { issues, state } = useEditor();
  if (!isAsked(field, config)) return null;
  const own = issues.find((issue) => issue.nodeId === nodeId && issue.field === path);
  const isUntouched = state.fresh === nodeId && asText(config[field.name]) === "";
  const error = own && !isUntouched ? withoutPlace(own.message, field.label) : null;
  const props = { nodeId, path, value: config[field.name], onChange, disabled };
  if (field.type === "rows" && field.name === "inputs")
    return <CalledInputsControl field={field} {...props} />;
  if (field.type === "rows") return <RowsControl field={field} {...props} Inner={FieldControl} />;
  return (
    <FormField
      name={path}
      label={field.label}
      {...(field.help ? { hint: field.help } : {})}
      {...(error ? { error } : {})}
      required={!field.optional && !OPTIONAL.has(field.name)}
      inline={field.type === "boolean"}
    >
      <Control field={field} config={config} {...props} />
    </FormField>
  );
}

function Control({ field, config, ...props }: FieldProps & { config: RawConfig }) {
  const { value, onChange, disabled } = props;
  switch (field.type) {
    case "text": {
      if (field.name === "key") return <KeyControl {...props} />;
      const options = field.name === "default" ? possibleDefaults(config) : null;
      return options ? (
        <DefaultControl options={options} {...props} />
      ) : (
        <Input value={asText(value)} onChange={(event) => onChange(event.target.value)} disabled={disabled} />
      );
    }
    case "long_text":
      return (
        <Textarea
          value={asText(value)}
          onChange={(event) => onChange(event.target.value)}
          disabled={disabled}
        />
      );
    case "number":
      return <NumberControl field={field} {...props} />;
    case "seconds":
      return (
        <Seconds
          ms={typeof value === "number" ? value : undefined}
          min={field.min}
          max={field.max}
          disabled={disabled}
          onChange={onChange}
        />
      );
    case "boolean":
      return (
        <Checkbox
          checked={value === true}
          onCheckedChange={(checked) => onChange(checked === true)}
          disabled={disabled}
        />
      );
    case "choice":
      return (
        <NativeSelect
          value={asText(value)}
          onChange={(event) => onChange(event.target.value)}
          disabled={disabled}
        >
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </NativeSelect>
      );
    case "list":
      return <ListControl field={field} {...props} />;
    case "template":
    case "expression":
      return (
        <TextControl
          language={field.type}
          rows={field.type === "template" ? (field.rows ?? 3) : 2}
          placeholder={field.placeholder}
          sees={field.sees ?? null}
          {...(field.type === "expression" && field.result ? { result: field.result } : {})}
          {...props}
        />
      );
    case "value":
      return (
        <TextControl
          language={languageOf(field, config)}
          rows={2}
          placeholder={field.placeholder}
          sees={field.sees ?? null}
          {...props}
        />
      );
    case "agent":
      return <AgentControl {...props} />;
    case "model":
      return <ModelControl {...props} />;
    case "documents":
      return <DocumentsControl {...props} />;
    case "workflow":
      return <WorkflowControl {...props} />;
    case "workflow_version":
      return <WorkflowVersionControl workflowId={asText(config[field.workflowField])} {...props} />;
    case "people":
      return <PeopleControl {...props} />;
    case "credential":
      return <CredentialControl {...props} />;
    case "rows":
      return null;
  }
}
