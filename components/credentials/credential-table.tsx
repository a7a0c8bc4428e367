import { RelativeTime } from "@/components/shared/relative-time";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { CredentialItem } from "@/lib/credentials/queries";
import { CredentialMenu, type CredentialMenuActions } from "./credential-menu";

/** The credentials of a workspace: by which header each is sent, where to, and who added it. */
export function CredentialTable({
  credentials,
  canManage,
  ...actions
}: { credentials: readonly CredentialItem[]; canManage: boolean } & CredentialMenuActions) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          {["Credential", "Header", "Sent to", "Added by", "Changed"].map((heading) => (
            <TableHead key={heading}>{heading}</TableHead>
          ))}
          <TableHead>
            <span className="sr-only">More</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {credentials.map((credential) => (
          <TableRow key={credential.id}>
            <TableCell className="wrap-anywhere min-w-40 max-w-80 font-medium">{credential.name}</TableCell>
            <TableCell label="Header">
              <p className="wrap-anywhere font-mono text-xs">{credential.headerName}</p>
              <p className="font-mono text-muted-foreground text-xs">{credential.lastFour}</p>
            </TableCell>
            <TableCell label="Sent to">
              <ul className="wrap-anywhere max-w-80 font-mono text-xs">
                {credential.hosts.map((host) => (
                  <li key={host}>{host}</li>
                ))}
              </ul>
            </TableCell>
            <TableCell label="Added by">{credential.createdByName ?? "Nobody of this workspace"}</TableCell>
            <TableCell label="Changed" className="text-muted-foreground">
              <RelativeTime value={credential.updatedAt} />
            </TableCell>
            <TableCell className="w-12 text-right">
              {canManage ? <CredentialMenu credential={credential} {...actions} /> : null}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
