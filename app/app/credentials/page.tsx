import { LockKeyhole } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { CreateCredentialDialog } from "@/components/credentials/credential-dialogs";
import { CredentialTable } from "@/components/credentials/credential-table";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listCredentials } from "@/lib/credentials/queries";
import {
  createCredentialAction,
  deleteCredentialAction,
  signingInAction,
  updateCredentialAction,
} from "./actions";

export const metadata: Metadata = { title: "Credentials" };

export default async function CredentialsPage() {
  const scope = await requireTenant();
  if (denial(scope, "credential.read")) return <AdminsOnly title="Credentials" />;
  const canManage = denial(scope, "credential.manage") === null;
  const credentials = await listCredentials(scope);
  return (
    <>
      <PageHeader
        title="Credentials"
        description="Keys and passwords of other services, for HTTP requests of your workflows. They are kept sealed: a workflow names one, and nobody reads it in its settings, its versions or its runs."
        actions={canManage ? <CreateCredentialDialog action={createCredentialAction} /> : null}
      />
      {credentials.length === 0 ? (
        <EmptyState icon={LockKeyhole} title="No credentials yet">
          Add one for each service that asks your workflows for a key, and choose it in the settings of an
          HTTP request.
        </EmptyState>
      ) : (
        <CredentialTable
          credentials={credentials}
          canManage={canManage}
          updateAction={updateCredentialAction}
          deleteAction={deleteCredentialAction}
          signingInAction={signingInAction}
        />
      )}
    </>
  );
}
