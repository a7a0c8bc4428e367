import { PageHeader } from "@/components/shared/page-header";

export default function HostedInvoiceNotFound() {
  return (
    <PageHeader
      title="This invoice is not here"
      description="The address may be mistyped or cut off. Ask whoever sent it to you, or open the invoice in your workspace."
    />
  );
}
