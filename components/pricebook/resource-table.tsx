import { Money } from "@/components/shared/money";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { describePer, describeQuantity } from "@/lib/metering/display";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import { microsToNumeric } from "@/lib/money";
import type { ResourceLine } from "@/lib/pricebook/simulate";
import { thingKey } from "@/lib/pricebook/thing";
import { FigureCells, FigureHeads } from "./customer-table";

function Rate({ micros }: { micros: bigint | null }) {
  return micros === null ? (
    <span className="text-muted-foreground">none</span>
  ) : (
    <Money micros={micros} exact />
  );
}

/** What was used, at which price, and what it would have come to. */
export function ResourceTable({
  resources,
  models,
  isBase,
}: {
  resources: readonly ResourceLine[];
  /** What the models are called. */
  models: ModelNames;
  isBase: boolean;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Resource</TableHead>
          <TableHead numeric>Used</TableHead>
          <TableHead numeric>{isBase ? "Base today" : "Price today"}</TableHead>
          <TableHead numeric>{isBase ? "Base then" : "Price then"}</TableHead>
          <FigureHeads hasMargin={false} />
        </TableRow>
      </TableHeader>
      <TableBody>
        {resources.map((line) => (
          <TableRow key={thingKey(line.thing)}>
            <TableCell className="min-w-44">
              <p className="wrap-anywhere font-medium">
                {describeResource(line.thing.resourceType, line.thing.modelKey, models)}
              </p>
              <p className="text-muted-foreground text-xs">{describePer(line.thing.unit)}</p>
              {line.isDrafted ? null : (
                <Badge className="mt-1">{line.isPriced ? "today's price" : "as billed"}</Badge>
              )}
            </TableCell>
            <TableCell numeric>
              {describeQuantity(microsToNumeric(line.quantityMicros), line.thing.unit)}
            </TableCell>
            <TableCell numeric>
              <Rate micros={line.nowRate} />
            </TableCell>
            <TableCell numeric>
              <Rate micros={line.nextRate} />
            </TableCell>
            <FigureCells line={line} hasMargin={false} />
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
