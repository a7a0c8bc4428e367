import { Activity } from "lucide-react";
import type { Metadata } from "next";
import { cache } from "react";
import { AnswerForm } from "@/components/approvals/answer-form";
import { ApprovalStatus } from "@/components/approvals/approval-list";
import { CameBeforeCard } from "@/components/approvals/came-before";
import { FollowQuestion } from "@/components/approvals/follow-question";
import { DateTime } from "@/components/shared/date-time";
import { KeyValueList } from "@/components/shared/key-value-list";
import { Markdown } from "@/components/shared/markdown";
import { Money } from "@/components/shared/money";
import { PageHeader } from "@/components/shared/page-header";
import { ReadValue } from "@/components/shared/read-value";
import { RelativeTime } from "@/components/shared/relative-time";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import { whatCameBefore } from "@/lib/approvals/before-queries";
import { type ApprovalDetail, getApproval } from "@/lib/approvals/queries";
import { whyUnanswered } from "@/lib/approvals/rules";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { answerApprovalAction } from "../actions";

type Params = Promise<{ approvalId: string }>;

const approvalOf = cache(async (id: string) => orNotFound(getApproval(await requireTenant(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await approvalOf((await params).approvalId)).title };
}

function whoMayAnswer({ approvers, approverNames }: ApprovalDetail): string {
  if ("anyone" in approvers) return "Anybody in this workspace";
  const names = approverNames.join(", ");
  if (!approvers.admins) return names || "Nobody who is still here";
  return names ? `Admins, ${names}` : "Admins of this workspace";
}

function factsOf(approval: ApprovalDetail) {
  const { createdAt, expiresAt, status } = approval;
  return [
    { label: "Asked by", value: approval.runName },
    { label: "Asked", value: <DateTime value={createdAt} /> },
    { label: "May answer", value: whoMayAnswer(approval) },
    ...(expiresAt
      ? [
          {
            label: status === "pending" ? "Ends" : "Time limit",
            value:
              status === "pending" ? (
                <RelativeTime value={expiresAt} isAhead />
              ) : (
                <DateTime value={expiresAt} />
              ),
          },
        ]
      : []),
    { label: "Spent when it asked", value: <Money micros={approval.costAtAskingMicros} /> },
    { label: "Spent by now", value: <Money micros={approval.costMicros} /> },
  ];
}

/** Whoever rejects may leave all fields as they are: empty, or no. */
function isFilledIn(answer: ApprovalDetail["answer"]): boolean {
  return Object.values(answer ?? {}).some((value) => value !== null && value !== false);
}

function Answer({ approval }: { approval: ApprovalDetail }) {
  const { status, answer, answeredAt, answeredByName, comment, fields } = approval;
  if (!answeredAt) return <p className="text-muted-foreground text-sm">{whyUnanswered(approval)}</p>;
  return (
    <div className="grid gap-4">
      <p className="text-sm">
        <span className="font-medium">{answeredByName ?? "Somebody who has left"}</span>{" "}
        {status === "rejected" ? "rejected this" : "approved this"} <RelativeTime value={answeredAt} />.
      </p>
      {comment ? (
        <blockquote className="wrap-anywhere whitespace-pre-line border-l-2 pl-3 text-sm">
          {comment}
        </blockquote>
      ) : null}
      {fields.length > 0 && (status === "approved" || isFilledIn(answer)) ? (
        <section aria-label="What was filled in" className="rounded-lg border bg-muted/50 p-3">
          <ReadValue
            value={answer}
            labels={Object.fromEntries(fields.map(({ key, label }) => [key, label]))}
            texts="given"
          />
        </section>
      ) : null}
    </div>
  );
}

export default async function ApprovalPage({ params }: { params: Params }) {
  const scope = await requireTenant();
  const approval = await approvalOf((await params).approvalId);
  const isOpen = approval.status === "pending";
  const canAnswer = isOpen && approval.isMine && approval.refusal === null;
  return (
    <>
      <PageHeader
        title={approval.title}
        badge={<ApprovalStatus status={approval.status} />}
        breadcrumb={[{ label: "Approvals", href: "/app/approvals" }, { label: approval.title }]}
        actions={
          <Button asChild variant="outline">
            <Link href={`/app/runs/${approval.executionId}?step=${approval.stepId}`}>
              <Activity aria-hidden="true" />
              See the run
            </Link>
          </Button>
        }
      />
      {isOpen ? <FollowQuestion expiresAt={approval.expiresAt} /> : null}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid min-w-0 gap-6">
          {approval.message.trim() ? (
            <Card>
              <CardContent className="pt-5">
                <h2 className="sr-only">What is asked</h2>
                <Markdown text={approval.message} className="wrap-anywhere" />
              </CardContent>
            </Card>
          ) : (
            <CameBeforeCard before={await whatCameBefore(scope, approval.id)} />
          )}
          <Card>
            <CardHeader>
              <CardTitle>{isOpen ? "Your answer" : "The answer"}</CardTitle>
            </CardHeader>
            <CardContent>
              {canAnswer ? (
                <AnswerForm approvalId={approval.id} fields={approval.fields} action={answerApprovalAction} />
              ) : isOpen ? (
                <p className="text-muted-foreground text-sm">
                  {approval.refusal ??
                    `You can look, and somebody else was asked: ${whoMayAnswer(approval)}.`}
                </p>
              ) : (
                <Answer approval={approval} />
              )}
            </CardContent>
          </Card>
        </div>
        <Card>
          <CardHeader>
            <CardTitle>About this question</CardTitle>
          </CardHeader>
          <CardContent>
            <KeyValueList items={factsOf(approval)} />
          </CardContent>
        </Card>
      </div>
    </>
  );
}
