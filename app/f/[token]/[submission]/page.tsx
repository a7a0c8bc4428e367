import { CircleAlert, CircleCheck, Hourglass, LoaderCircle } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { FormCard } from "@/components/triggers/form-card";
import { FormResult } from "@/components/triggers/form-result";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { requireSession } from "@/lib/auth/scope";
import { enterSentForm, findSubmission } from "@/lib/triggers/form-visit";

export const metadata: Metadata = { title: "Sent" };

type SentPageProps = { params: Promise<{ token: string; submission: string }> };

const THANKS = "Thank you. We have received it.";

export default async function SentPage({ params }: SentPageProps) {
  const { token, submission } = await params;
  const entry = await enterSentForm(token);
  if (entry.state === "sign_in") await requireSession();
  if (entry.state !== "open") notFound();
  const { config, isActive } = entry.trigger;
  const sent = await findSubmission(entry.scope, entry.trigger, submission);
  if (!sent) notFound();
  const isShown = isActive && config.showsResult;
  const isAsked = isShown && sent.status === "asked";
  const isWorking = isShown && (sent.status === "working" || isAsked);
  return (
    <FormCard title={config.title}>
      <LiveRefresh active={isWorking} />
      <div aria-live="polite" className="grid gap-6">
        {isAsked ? (
          <Note icon={<Hourglass className="text-info" aria-hidden="true" />}>
            Somebody has to look at it before it goes on. You can close this page: the answer will be shown at
            its address.
          </Note>
        ) : isWorking ? (
          <Note icon={<LoaderCircle className="animate-spin text-info" aria-hidden="true" />}>
            We are working on it. This page shows the answer as soon as it is there
            {sent.stepsDone > 0 ? ` (${sent.stepsDone} ${sent.stepsDone === 1 ? "step" : "steps"} done)` : ""}
            .
          </Note>
        ) : isShown && sent.status === "failed" ? (
          <Note icon={<CircleAlert className="text-danger" aria-hidden="true" />}>
            It could not be worked on. The people behind this form can see why.
          </Note>
        ) : (
          <Note icon={<CircleCheck className="text-success" aria-hidden="true" />}>
            {config.thanks || THANKS}
          </Note>
        )}
        {isActive ? null : (
          <p className="text-muted-foreground">
            This form has been closed since{config.showsResult ? ", so the answer is not shown here" : ""}.
          </p>
        )}
        {sent.result?.length ? <FormResult fields={sent.result} /> : null}
      </div>
      {(isWorking && !isAsked) || !isActive ? null : (
        <Button asChild variant="outline" className="w-fit">
          <Link href={`/f/${token}`}>Send another</Link>
        </Button>
      )}
    </FormCard>
  );
}

function Note({ icon, children }: { icon: React.ReactNode; children: React.ReactNode }) {
  return (
    <p className="wrap-anywhere flex items-start gap-3 whitespace-pre-line leading-relaxed [&>svg]:mt-1 [&>svg]:size-5 [&>svg]:shrink-0">
      {icon}
      <span>{children}</span>
    </p>
  );
}
