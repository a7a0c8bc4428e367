"use client";

import { useState } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { SubmitButton } from "@/components/shared/submit-button";
import { Checkbox } from "@/components/ui/checkbox";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { type Channels, KIND_FACTS, type NoticeKind } from "@/lib/notifications/kinds";
import type { ServerAction } from "@/lib/result";

/** One row for each kind of notification, one box for each way of hearing of it. */
export function PreferencesForm({
  preferences,
  action,
}: {
  preferences: readonly (Channels & { kind: NoticeKind })[];
  action: ServerAction<unknown>;
}) {
  return (
    <ActionForm guarded action={action} successMessage="Your choice is saved.">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>What happened</TableHead>
            <TableHead className="w-24 text-center">Console</TableHead>
            <TableHead className="w-24 text-center">Mail</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {preferences.map(({ kind, inApp, byMail }) => (
            <TableRow key={kind}>
              <TableCell className="whitespace-normal">
                <p className="font-medium">{KIND_FACTS[kind].label}</p>
                <p className="text-muted-foreground text-xs leading-5">{KIND_FACTS[kind].description}</p>
              </TableCell>
              <ChannelCell kind={kind} channel="inApp" where="in the console" isOn={inApp} />
              <ChannelCell kind={kind} channel="byMail" where="by mail" isOn={byMail} />
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <div>
        <SubmitButton>Save</SubmitButton>
      </div>
    </ActionForm>
  );
}

/**
 * A box that says something once it was chosen in: what another tab saved of the others stays. What was chosen stays until
 * it is what is saved, also where something else was just on its way there.
 */
function ChannelCell({
  kind,
  channel,
  where,
  isOn,
}: {
  kind: NoticeKind;
  channel: keyof Channels;
  where: string;
  isOn: boolean;
}) {
  const [seen, setSeen] = useState(isOn);
  const [choice, setChoice] = useState<boolean | null>(null);
  if (seen !== isOn) {
    setSeen(isOn);
    if (choice === isOn) setChoice(null);
  }
  const name = `${kind}.${channel}`;
  return (
    <TableCell>
      <div className="flex justify-center">
        <Checkbox
          checked={choice ?? isOn}
          onCheckedChange={(next) => setChoice(next === true)}
          aria-label={`${KIND_FACTS[kind].label}: tell me ${where}`}
        />
        {choice === null ? null : <input type="hidden" name={name} value={String(choice)} />}
      </div>
    </TableCell>
  );
}
