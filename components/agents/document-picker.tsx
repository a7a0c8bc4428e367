"use client";

import { useRouter } from "next/navigation";
import { useEffect, useId, useState } from "react";
import { searchNote, useFoundDocuments, withNew } from "@/components/knowledge/use-found-documents";
import { FieldErrorList, FieldGroup } from "@/components/shared/form-field";
import { errorsOf, useFormState } from "@/components/shared/form-state";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { cn } from "@/lib/cn";
import { type DocumentChoice, type FindDocuments, MOST_CHOICES } from "@/lib/knowledge/choices";

const NAME = "llmConfig.knowledge.documentIds";
const SEARCH_FROM = 8;

/** Ticks documents. Filtering only hides rows, so what was ticked stays ticked; of a long list the rest is found by name. */
export function DocumentPicker({
  agentId,
  documents: listed,
  find,
  selected,
}: {
  agentId: string | null;
  documents: readonly DocumentChoice[];
  find: FindDocuments;
  selected: readonly string[];
}) {
  const id = useId();
  const [filter, setFilter] = useState("");
  const isCut = listed.length >= MOST_CHOICES;
  const { found, state } = useFoundDocuments(isCut ? find : null, filter, agentId);
  const documents = withNew(listed, found);
  const { error } = useFormState();
  const errors = errorsOf(error?.fields, NAME);
  const { refresh } = useRouter();
  const isRefused = errors.length > 0;
  // One of them may have been deleted since the page was read: with it gone from the list, the others are chosen.
  useEffect(() => {
    if (isRefused) refresh();
  }, [isRefused, refresh]);
  const wanted = filter.trim().toLowerCase();
  const fits = ({ filename }: DocumentChoice) => filename.toLowerCase().includes(wanted);
  const note =
    searchNote(state, { isAsked: wanted !== "", shown: documents.filter(fits).length }) ??
    (isCut && wanted === ""
      ? `The first ${MOST_CHOICES} are listed. Type part of a name to find others.`
      : null);
  return (
    <FieldGroup legend="Choose documents">
      {documents.length >= SEARCH_FROM ? (
        <Input
          type="search"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          placeholder="Find a document"
          aria-label="Find a document"
        />
      ) : null}
      <ul className="scrollbar-thin grid max-h-64 gap-px overflow-y-auto rounded-md border">
        {documents.map((document) => (
          <li
            key={document.id}
            className={cn("flex items-center gap-2.5 bg-card px-3 py-2", fits(document) ? "" : "hidden")}
          >
            <Checkbox
              id={`${id}-${document.id}`}
              name={NAME}
              value={document.id}
              defaultChecked={selected.includes(document.id)}
            />
            <Label htmlFor={`${id}-${document.id}`} className="wrap-anywhere min-w-0 flex-1 font-normal">
              {document.filename}
            </Label>
            <ChoiceState state={document.state} />
          </li>
        ))}
      </ul>
      <p aria-live="polite" className="text-[0.8125rem] text-muted-foreground empty:hidden">
        {note}
      </p>
      <FieldErrorList id={`${id}-error`} errors={errors} />
    </FieldGroup>
  );
}

function ChoiceState({ state }: Pick<DocumentChoice, "state">) {
  if (state === "ready") return null;
  return state === "failed" ? (
    <span className="text-danger text-xs">could not be read</span>
  ) : (
    <span className="text-muted-foreground text-xs">not ready yet</span>
  );
}
