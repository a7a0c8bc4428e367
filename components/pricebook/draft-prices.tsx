import type { ReactNode } from "react";
import { PricesForm } from "@/components/pricebook/prices-form";
import { DateTime } from "@/components/shared/date-time";
import { FormField } from "@/components/shared/form-field";
import { Money } from "@/components/shared/money";
import { SubmitButton } from "@/components/shared/submit-button";
import { Badge } from "@/components/ui/badge";
import { Input } from "@/components/ui/input";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { describePer } from "@/lib/metering/display";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import { formatChange, typedPrice } from "@/lib/pricebook/display";
import type { DraftView } from "@/lib/pricebook/queries/drafts";
import type { DraftRow } from "@/lib/pricebook/rows";
import type { ServerAction } from "@/lib/result";

const nameOf = ({ thing }: DraftRow, models: ModelNames) =>
  describeResource(thing.resourceType, thing.modelKey, models);

function Micros({ micros, isQuiet = false }: { micros: bigint | null; isQuiet?: boolean }) {
  if (micros === null) return <span className="text-muted-foreground">none</span>;
  return <Money micros={micros} exact className={isQuiet ? "text-muted-foreground" : ""} />;
}

/** On narrow screens the prices beside a draft's stand under the name, so that the field is in sight. */
const WIDE = "max-sm:hidden";

function ResourceCell({
  row,
  models,
  isBase,
  children,
}: {
  row: DraftRow;
  models: ModelNames;
  isBase: boolean;
  /** What the last column says, for who has no room for it. */
  children: ReactNode;
}) {
  const bound = isBase ? row.lowestPartnerMicros : row.baseMicros;
  return (
    <TableCell className="min-w-36 sm:min-w-44">
      <p className="wrap-anywhere font-medium">{nameOf(row, models)}</p>
      <p className="text-muted-foreground text-xs">{describePer(row.thing.unit)}</p>
      <p className="mt-1 text-xs sm:hidden">
        Today <Micros micros={row.todayMicros} />
        {bound === null ? null : (
          <>
            , {isBase ? "partners from" : "base"} <Micros micros={bound} />
          </>
        )}
      </p>
      <p className="mt-1.5 text-xs sm:hidden">{children}</p>
    </TableCell>
  );
}

/** The bound of a price: the base price under a partner's, the lowest partner's above a base price. */
function BoundCell({ row, isBase }: { row: DraftRow; isBase: boolean }) {
  return (
    <TableCell numeric className={WIDE}>
      <Micros micros={isBase ? row.lowestPartnerMicros : row.baseMicros} isQuiet={isBase} />
      {row.nextBase && !isBase ? (
        <p className="text-muted-foreground text-xs">
          <Money micros={row.nextBase.micros} exact /> from <DateTime value={row.nextBase.from} utc />
        </p>
      ) : null}
    </TableCell>
  );
}

function Change({ row: { todayMicros, draftMicros } }: { row: DraftRow }) {
  if (draftMicros === null) return <span className="text-muted-foreground">as today</span>;
  if (todayMicros === null) return <Badge tone="info">new</Badge>;
  const tone = draftMicros > todayMicros ? "warning" : draftMicros < todayMicros ? "success" : "neutral";
  return <Badge tone={tone}>{formatChange(todayMicros, draftMicros)}</Badge>;
}

/** What became of a price of a draft that was scheduled. */
function Outcome({ draft, row }: { draft: DraftView; row: DraftRow }) {
  if (row.madeRateId === null) return <Badge>was so already</Badge>;
  return draft.withdrawn.has(row.madeRateId) ? (
    <Badge tone="warning">withdrawn</Badge>
  ) : (
    <Badge tone="success">made</Badge>
  );
}

function Heads({ isBase, last }: { isBase: boolean; last: string }) {
  return (
    <TableHeader>
      <TableRow>
        <TableHead>Resource</TableHead>
        <TableHead numeric className={WIDE}>
          {isBase ? "Lowest partner price" : "Base price"}
        </TableHead>
        <TableHead numeric className={WIDE}>
          Today
        </TableHead>
        <TableHead numeric>Draft</TableHead>
        <TableHead numeric className={WIDE}>
          {last}
        </TableHead>
      </TableRow>
    </TableHeader>
  );
}

/** The prices of a draft beside today's, to be typed over and saved together. */
export function DraftPrices({
  draft,
  models,
  isBase,
  save,
}: {
  draft: DraftView;
  /** What the models are called. */
  models: ModelNames;
  isBase: boolean;
  save: ServerAction<void>;
}) {
  return (
    <PricesForm draftId={draft.id} updatedAt={draft.updatedAt.toISOString()} save={save}>
      <FormField name="name" label="Name" required className="max-w-md">
        <Input autoComplete="off" defaultValue={draft.name} />
      </FormField>
      <Table>
        <Heads isBase={isBase} last="Change" />
        <TableBody>
          {draft.rows.map((row) => (
            <TableRow key={row.key}>
              <ResourceCell row={row} models={models} isBase={isBase}>
                <Change row={row} />
              </ResourceCell>
              <BoundCell row={row} isBase={isBase} />
              <TableCell numeric className={WIDE}>
                <Micros micros={row.todayMicros} />
              </TableCell>
              <TableCell className="min-w-32 sm:min-w-44">
                <FormField
                  name={`rates.${row.key}`}
                  label={`Draft price of ${nameOf(row, models)}`}
                  hideLabel
                  className="ml-auto max-w-40 whitespace-normal"
                >
                  <Input
                    inputMode="decimal"
                    autoComplete="off"
                    placeholder={row.todayMicros === null ? "none" : typedPrice(row.todayMicros)}
                    defaultValue={row.draftMicros === null ? "" : typedPrice(row.draftMicros)}
                    className="tabular text-right"
                  />
                </FormField>
              </TableCell>
              <TableCell numeric className={WIDE}>
                <Change row={row} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <SubmitButton className="justify-self-start">Save prices</SubmitButton>
    </PricesForm>
  );
}

/** The prices of a draft to be read: what each would change, or once it is scheduled what was made of it. */
export function ReadPrices({
  draft,
  models,
  isBase,
}: {
  draft: DraftView;
  /** What the models are called. */
  models: ModelNames;
  isBase: boolean;
}) {
  const isOpen = draft.status === "draft";
  return (
    <Table>
      <Heads isBase={isBase} last={isOpen ? "Change" : "Outcome"} />
      <TableBody>
        {draft.rows
          .filter((row) => row.draftMicros !== null)
          .map((row) => (
            <TableRow key={row.key}>
              <ResourceCell row={row} models={models} isBase={isBase}>
                {isOpen ? <Change row={row} /> : <Outcome draft={draft} row={row} />}
              </ResourceCell>
              <BoundCell row={row} isBase={isBase} />
              <TableCell numeric className={WIDE}>
                <Micros micros={row.todayMicros} />
              </TableCell>
              <TableCell numeric>
                <Micros micros={row.draftMicros} />
              </TableCell>
              <TableCell numeric className={WIDE}>
                {isOpen ? <Change row={row} /> : <Outcome draft={draft} row={row} />}
              </TableCell>
            </TableRow>
          ))}
      </TableBody>
    </Table>
  );
}
