"use client";

import { useId, useRef, useState } from "react";
import {
  searchNote,
  useFoundDocuments,
  useGoneDocuments,
  withNew,
} from "@/components/knowledge/use-found-documents";
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
  const { error } = useFormState();
  const errors = errorsOf(error?.fields, NAME);
  const list = useRef<HTMLUListElement>(null);
  // One of them may have been deleted since the page was read: with it gone from the list, the others are chosen. The page
  // is not read again for that: of a list that is cut, another name could push out what is ticked.
  const gone = useGoneDocuments(find, errors.length > 0 ? error : null, () => tickedIn(list.current));
  const known = withNew(listed, found);
  const documents = known.filter(({ id }) => !gone.has(id));
  const goneNames = known.filter(({ id }) => gone.has(id)).map(({ filename }) => filename);
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
      <ul ref={list} className="scrollbar-thin grid max-h-64 gap-px overflow-y-auto rounded-md border">
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
      <p aria-live="polite" className="wrap-anywhere text-[0.8125rem] text-muted-foreground empty:hidden">
        {errors.length > 0 ? goneNote(goneNames) : null}
      </p>
      <FieldErrorList id={`${id}-error`} errors={errors} />
    </FieldGroup>
  );
}

/** What is ticked, as it would be sent. */
function tickedIn(list: HTMLUListElement | null): string[] {
  const form = list?.closest("form");
  return form ? new FormData(form).getAll(NAME).map(String) : [];
}

/** What is said of documents that were deleted while the form was open; null of none. */
function goneNote(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  return names.length === 1
    ? `${names[0]} was deleted meanwhile and is not in the list any more. What else you ticked stays ticked.`
    : `These were deleted meanwhile and are not in the list any more: ${names.join(", ")}. What else you ticked stays ticked.`;
}

function ChoiceState({ state }: Pick<DocumentChoice, "state">) {
  if (state === "ready") return null;
  return state === "failed" ? (
    <span className="text-danger text-xs">could not be read</span>
  ) : (
    <span className="text-muted-foreground text-xs">not ready yet</span>
  );
}
