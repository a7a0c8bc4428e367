import { KeyRound } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { type ApiKeyItem, listApiKeys } from "@/lib/api-keys/queries";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { CreateKeyDialog } from "./_components/create-key-dialog";
import { revokeApiKeyAction } from "./actions";

export const metadata: Metadata = { title: "API keys" };

function KeyRow({ apiKey, canManage }: { apiKey: ApiKeyItem; canManage: boolean }) {
  return (
    <TableRow>
      <TableCell className="min-w-44">
        <p className="font-medium">{apiKey.name}</p>
        <p className="font-mono text-muted-foreground text-xs">hb_…{apiKey.lastFour}</p>
      </TableCell>
      <TableCell label="May">
        <div className="flex min-w-48 max-w-80 flex-wrap gap-1">
          {apiKey.scopes.map((scope) => (
            <Badge key={scope} className="font-mono font-normal">
              {scope}
            </Badge>
          ))}
        </div>
      </TableCell>
      <TableCell label="State">
        <StatusBadge status={apiKey.state} />
      </TableCell>
      <TableCell label="Last used">
        {apiKey.lastUsedAt ? <RelativeTime value={apiKey.lastUsedAt} /> : "Never"}
      </TableCell>
      <TableCell label="Expires">
        {apiKey.expiresAt ? <DateTime value={apiKey.expiresAt} format="date" /> : "Never"}
      </TableCell>
      <TableCell label="Made by" className="whitespace-nowrap">
        {apiKey.createdByName}
      </TableCell>
      <TableCell className="text-right">
        {canManage && apiKey.state !== "revoked" ? (
          <ActionButton
            action={revokeApiKeyAction}
            input={{ keyId: apiKey.id }}
            variant="outline"
            size="sm"
            aria-label={`Revoke ${apiKey.name}`}
            successMessage={`${apiKey.name} is revoked.`}
            confirm={{
              title: `Revoke ${apiKey.name}?`,
              description: "Whatever uses this key is refused from its next request. This cannot be undone.",
              confirmLabel: "Revoke key",
              destructive: true,
            }}
          >
            Revoke
          </ActionButton>
        ) : null}
      </TableCell>
    </TableRow>
  );
}

export default async function ApiKeysPage() {
  const scope = await requireTenant();
  if (denial(scope, "api_key.read")) return <AdminsOnly title="API keys" />;
  const canManage = denial(scope, "api_key.manage") === null;
  const keys = await listApiKeys(scope, new Date());
  return (
    <>
      <PageHeader
        title="API keys"
        description={
          <>
            Keys let your own programs upload documents, run agents and workflows, and read results. See the{" "}
            <Link href="/docs/api" className="link">
              API reference
            </Link>
            .
          </>
        }
        actions={canManage ? <CreateKeyDialog /> : null}
      />
      {keys.length === 0 ? (
        // Nothing is made from here: a key that is shown this once would go with the empty list.
        <EmptyState icon={KeyRound} title="No keys yet">
          Make one for each program that works with this workspace, with no more rights than it needs.
        </EmptyState>
      ) : (
        <Table folds>
          <TableHeader>
            <TableRow>
              {["Key", "May", "State", "Last used", "Expires", "Made by"].map((heading) => (
                <TableHead key={heading}>{heading}</TableHead>
              ))}
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {keys.map((apiKey) => (
              <KeyRow key={apiKey.id} apiKey={apiKey} canManage={canManage} />
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}
