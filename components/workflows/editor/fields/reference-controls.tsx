"use client";

import { useState } from "react";
import { searchNote, useFoundDocuments, withNew } from "@/components/knowledge/use-found-documents";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { MOST_AGENTS } from "@/lib/agents/input";
import { MOST_DOCUMENTS, MOST_PEOPLE, MOST_VERSIONS, MOST_WORKFLOWS } from "@/lib/workflows/choices";
import { useEditor } from "../context";
import { asText, type FieldProps } from "./field-props";

type Props = Omit<FieldProps, "field">;

/** What is said of something that is chosen and not listed: of a list that was cut it may well be there. */
const GONE = "No longer available";
const BEYOND = "Beyond those listed here";

export function AgentControl({ value, onChange, disabled }: Props) {
  const { agents } = useEditor().resources;
  const options = agents.map(({ id, name, isActive }) => ({
    value: id,
    label: isActive ? name : `${name} (inactive)`,
  }));
  return (
    <Pick
      value={value}
      onChange={onChange}
      disabled={disabled}
      options={options}
      empty="Choose an agent"
      unknown={agents.length < MOST_AGENTS ? GONE : BEYOND}
    />
  );
}

export function ModelControl({ value, onChange, disabled }: Props) {
  const { models } = useEditor().resources;
  const options = models.map(({ modelKey, modelName }) => ({ value: modelKey, label: modelName }));
  return (
    <Pick value={value} onChange={onChange} disabled={disabled} options={options} empty="Choose a model" />
  );
}

/** None is as good: many a service asks nobody who they are. */
export function CredentialControl({ value, onChange, disabled }: Props) {
  const { credentials } = useEditor().resources;
  const options = credentials.map(({ id, name, hosts }) => ({
    value: id,
    label: `${name} (${hosts.join(", ")})`,
  }));
  return (
    <Pick
      value={value}
      onChange={onChange}
      disabled={disabled}
      options={options}
      empty={options.length === 0 ? "None: an admin adds them under Credentials" : "None"}
    />
  );
}

export function WorkflowControl({ value, onChange, disabled }: Props) {
  const { workflows } = useEditor().resources;
  const options = workflows.map(({ id, name, isActive }) => ({
    value: id,
    label: isActive ? name : `${name} (inactive)`,
  }));
  return (
    <Pick
      value={value}
      onChange={onChange}
      disabled={disabled}
      options={options}
      empty={options.length === 0 ? "No other workflow is published" : "Choose a workflow"}
      unknown={workflows.length < MOST_WORKFLOWS ? GONE : BEYOND}
    />
  );
}

/** A version of the workflow chosen beside it. */
export function WorkflowVersionControl({
  workflowId,
  value,
  onChange,
  disabled,
}: Props & { workflowId: string }) {
  const { workflows } = useEditor().resources;
  const called = workflows.find(({ id }) => id === workflowId);
  const versions = called?.versions ?? [];
  const isWhole = called ? versions.length < MOST_VERSIONS : workflows.length < MOST_WORKFLOWS;
  const options = versions.map(({ id, version }) => ({ value: id, label: `Version ${version}` }));
  const empty = "The published one at each start";
  return (
    <Pick
      value={value}
      onChange={onChange}
      disabled={disabled}
      options={options}
      empty={empty}
      unknown={isWhole ? GONE : BEYOND}
    />
  );
}

function Pick({
  value,
  onChange,
  disabled,
  options,
  empty,
  unknown = GONE,
}: {
  value: unknown;
  onChange: (value: unknown) => void;
  disabled: boolean;
  options: readonly { value: string; label: string }[];
  empty: string;
  unknown?: string;
}) {
  const chosen = asText(value);
  const isUnknown = chosen !== "" && !options.some((option) => option.value === chosen);
  return (
    <NativeSelect value={chosen} onChange={(event) => onChange(event.target.value)} disabled={disabled}>
      <option value="">{empty}</option>
      {isUnknown ? <option value={chosen}>{unknown}</option> : null}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </NativeSelect>
  );
}

/** Which documents to search; none chosen means all of them. */
export function DocumentsControl(props: Props) {
  const { resources, actions } = useEditor();
  const [query, setQuery] = useState("");
  const isCut = resources.documents.length >= MOST_DOCUMENTS;
  const { found, state } = useFoundDocuments(isCut ? actions.findDocuments : null, query);
  const documents = withNew<{ id: string; filename: string }>(resources.documents, found);
  const hasChosen = Array.isArray(props.value) && props.value.length > 0;
  if (documents.length === 0 && !hasChosen) {
    return (
      <p className="text-muted-foreground text-sm">
        There are no documents yet. Upload some under Knowledge.
      </p>
    );
  }
  const options = documents.map(({ id, filename }) => ({ value: id, label: filename }));
  const noteFor = (shown: number) =>
    searchNote(state, { isAsked: query.trim() !== "", shown }) ??
    (isCut && query.trim() === "" ? "Type part of a name to find more." : null);
  return (
    <PickMany
      what="documents"
      options={options}
      unknown={isCut ? BEYOND : GONE}
      query={query}
      setQuery={setQuery}
      noteFor={noteFor}
      {...props}
    />
  );
}

export function PeopleControl(props: Props) {
  const { people } = useEditor().resources;
  const options = people.map(({ id, fullName, isActive }) => ({
    value: id,
    label: isActive ? fullName : `${fullName} (inactive)`,
  }));
  const [query, setQuery] = useState("");
  return (
    <PickMany
      what="people"
      options={options}
      unknown={people.length < MOST_PEOPLE ? GONE : BEYOND}
      query={query}
      setQuery={setQuery}
      noteFor={(shown) => (shown === 0 && query.trim() !== "" ? "Nobody has this in their name." : null)}
      {...props}
    />
  );
}

function PickMany({
  what,
  options,
  unknown,
  query,
  setQuery,
  noteFor,
  value,
  onChange,
  disabled,
  path,
}: Props & {
  what: string;
  options: readonly { value: string; label: string }[];
  /** What is said of those that are chosen and not among the options: they can be taken out here. */
  unknown: string;
  query: string;
  setQuery: (query: string) => void;
  /** What is said below the list, by how many are shown. */
  noteFor: (shown: number) => string | null;
}) {
  const chosen = new Set(Array.isArray(value) ? value.map(asText) : []);
  const known = new Set(options.map((option) => option.value));
  const others = [...chosen].filter((id) => !known.has(id)).map((id) => ({ value: id, label: unknown }));
  const shown = [...others, ...options].filter(({ label }) =>
    label.toLowerCase().includes(query.trim().toLowerCase()),
  );

  function toggle(id: string, isChosen: boolean) {
    onChange(isChosen ? [...chosen, id] : [...chosen].filter((other) => other !== id));
  }

  return (
    <div className="rounded-md border">
      {options.length > 8 ? (
        <Input
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          placeholder={`Search ${what}`}
          aria-label={`Search ${what}`}
          className="h-8 rounded-b-none border-0 border-b"
        />
      ) : null}
      <ul className="scrollbar-thin max-h-48 overflow-y-auto p-1.5">
        {shown.map(({ value: id, label }) => (
          <li key={id}>
            <label
              htmlFor={`${path}-${id}`}
              className="flex items-center gap-2.5 rounded px-1.5 py-1 text-sm hover:bg-accent"
            >
              <Checkbox
                id={`${path}-${id}`}
                name={`${path}.${id}`}
                checked={chosen.has(id)}
                onCheckedChange={(checked) => toggle(id, checked === true)}
                disabled={disabled}
              />
              <span className="truncate">{label}</span>
            </label>
          </li>
        ))}
      </ul>
      <p aria-live="polite" className="px-3 pb-2 text-muted-foreground text-xs empty:hidden">
        {noteFor(shown.length)}
      </p>
    </div>
  );
}
