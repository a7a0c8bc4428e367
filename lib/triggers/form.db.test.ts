import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { approvals } from "@/db/schema/run-control";
import { newId } from "@/lib/ids";
import { endRun } from "@/lib/runs/end-run";
import { newFollowUps } from "@/lib/runs/follow-up";
import { listRuns } from "@/lib/runs/queries";
import { loadRun } from "@/lib/runs/store";
import { outputNode, publishGraph, readRun, seedRunPrices } from "@/lib/runs/testing";
import { newSecretToken } from "@/lib/secrets/tokens";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { setWorkflowActive } from "@/lib/workflows/commands/manage";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { setTriggerActive } from "./commands/manage";
import { submitForm } from "./commands/submit-form";
import { enterForm, enterSentForm, findSubmission, readFormPage, submissionKey } from "./form-visit";
import { TRIGGER_LIMITS } from "./limits";
import { deliveryRows, makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});

let visitors = 0;
function visitor() {
  visitors += 1;
  return { requestId: `request-${visitors}`, ip: `203.0.113.${visitors}` };
}

const ADA = { customer: "Ada", total: "3" };

async function open(token: string) {
  const entry = await enterForm(token);
  if (entry.state !== "open") throw new Error(`the form is ${entry.state}`);
  return entry;
}

describe("a form page", () => {
  it("says to a visitor that the fields hold too much, rather than to try again later", async () => {
    const form = await makeTrigger(ours.admin, workflowId, "form", { title: "Ask us" });
    const sent = { token: form.token, submission: newSecretToken() };
    const input = { ...ADA, customer: "x".repeat(1_100_000) };
    await expect(submitForm(visitor(), { ...sent, input })).rejects.toMatchObject({
      code: "limit_exceeded",
      message: expect.stringMatching(/larger than/),
    });
    expect(await submitForm(visitor(), { ...sent, input: ADA })).toEqual({ id: sent.submission });
  });

  it("shows the title, the text and the fields, and starts one run however often it is sent", async () => {
    const form = await makeTrigger(ours.admin, workflowId, "form", { title: "Ask us", showsResult: true });
    const { scope, trigger } = await open(form.token);
    expect(await readFormPage(scope, trigger)).toEqual({
      title: "Ask us",
      description: "",
      submitLabel: "",
      fields: [expect.objectContaining({ key: "customer" }), expect.objectContaining({ key: "total" })],
    });
    const before = (await listRuns(ours.admin, { workflowId })).items.length;
    const sent = { token: form.token, submission: newSecretToken(), input: ADA };
    const who = visitor();
    const answers = await Promise.all([submitForm(who, sent), submitForm(who, sent)]);
    expect([...answers, await submitForm(who, { ...sent, input: { customer: "Eve" } })]).toEqual(
      Array(3).fill({ id: sent.submission }),
    );
    expect((await listRuns(ours.admin, { workflowId })).items).toHaveLength(before + 1);
    const [row] = await deliveryRows(ours.admin, form.id);
    expect(row).toMatchObject({ status: "accepted", deliveryKey: submissionKey(sent.submission) });
    const { run } = await readRun(ours.job, String(row?.executionId));
    expect(run).toMatchObject({
      trigger: "form",
      triggerId: form.id,
      inputData: { customer: "Ada", total: 3 },
    });
    const found = () => findSubmission(scope, trigger, sent.submission);
    expect(await found()).toEqual({ status: "working", stepsDone: 0, result: null });
    const end = { status: "completed", result: { greeting: "Hello Ada" } } as const;
    await asWorker(ours.job, async (tx) =>
      endRun(tx, ours.job, await loadRun(tx, ours.job, run.id), end, newFollowUps()),
    );
    expect(await found()).toMatchObject({
      status: "done",
      result: [{ key: "greeting", text: "Hello Ada", sources: [] }],
    });
    expect(await findSubmission(scope, trigger, newSecretToken())).toBeNull();
    const hiding = { ...trigger, config: { ...trigger.config, showsResult: false } };
    expect(await findSubmission(scope, hiding, sent.submission)).toMatchObject({ result: null });
  });

  it("says while somebody of the workspace is asked that it waits for them, and shows nothing of the question", async () => {
    const form = await makeTrigger(ours.admin, workflowId, "form", { title: "Ask us", showsResult: true });
    const { scope, trigger } = await open(form.token);
    const sent = { token: form.token, submission: newSecretToken(), input: ADA };
    await submitForm(visitor(), sent);
    const [row] = await deliveryRows(ours.admin, form.id);
    const place = { tenantId: ours.tenantId, executionId: String(row?.executionId), nodeId: "ask" };
    const step = { id: newId(), ...place, name: "Ask", kind: "approval", status: "waiting" };
    const question = { ...place, stepId: step.id, title: "Secret?", message: "", fields: [], approvers: {} };
    await asWorker(ours.job, async (tx) => {
      await tx.insert(executionSteps).values(step);
      await tx.insert(approvals).values(question);
    });
    const found = () => findSubmission(scope, trigger, sent.submission);
    expect(await found()).toEqual({ status: "asked", stepsDone: 0, result: null });
    await asWorker(ours.job, (tx) =>
      tx.update(approvals).set({ status: "approved" }).where(eq(approvals.stepId, step.id)),
    );
    expect(await found()).toMatchObject({ status: "working" });
  });

  it("names the documents that an answer is from where it is to, and nothing that leads to them", async () => {
    const settings = { title: "Ask us", showsResult: true };
    const form = await makeTrigger(ours.admin, workflowId, "form", settings);
    const { scope, trigger } = await open(form.token);
    const sent = { token: form.token, submission: newSecretToken(), input: ADA };
    await submitForm(visitor(), sent);
    const [row] = await deliveryRows(ours.admin, form.id);
    const executionId = String(row?.executionId);
    const place = { documentId: newId(), chunkId: newId(), heading: null, excerpt: "Within 30 days." };
    const cited = { ...place, number: 1, filename: "returns.pdf", page: 3 };
    const answer = { text: "Within 30 days [1].", citations: [cited] };
    const replies = [answer, { to: "Ada", best: { passage: cited, of: [cited] } }];
    const result = { reply: `Hello. ${answer.text}`, whole: answer, list: [cited], count: 1, replies };
    await asWorker(ours.job, async (tx) => {
      await tx.insert(executionSteps).values({
        tenantId: ours.tenantId,
        executionId,
        nodeId: "answer",
        name: "Answer",
        kind: "agent",
        status: "completed",
        output: answer,
        detail: { citations: [cited] },
        startedAt: new Date(),
      });
      const run = await loadRun(tx, ours.job, executionId);
      await endRun(tx, ours.job, run, { status: "completed", result }, newFollowUps());
    });
    const sources = [{ number: 1, filename: "returns.pdf", page: 3 }];
    const shown = async (from = trigger) => (await findSubmission(scope, from, sent.submission))?.result;
    expect(await shown()).toEqual([
      { key: "reply", text: "Hello. Within 30 days.", sources: [] },
      { key: "whole", text: "Within 30 days.", sources: [] },
      { key: "count", text: "1", sources: [] },
      {
        key: "replies",
        text: "",
        sources: [],
        value: [{ text: "Within 30 days." }, { to: "Ada", best: {} }],
      },
    ]);
    expect(await shown({ ...trigger, config: { ...trigger.config, showsSources: true } })).toEqual([
      { key: "reply", text: result.reply, sources },
      { key: "whole", text: answer.text, sources },
      { key: "list", text: "", sources },
      { key: "count", text: "1", sources: [] },
      {
        key: "replies",
        text: "",
        sources: [],
        value: [
          { text: answer.text, citations: sources },
          { to: "Ada", best: { passage: sources[0], of: sources } },
        ],
      },
    ]);
  });

  it("says what is wrong with a field, and nothing else of the workspace", async () => {
    const form = await makeTrigger(ours.admin, workflowId, "form", { title: "Ask us" });
    const send = (input: Record<string, string>) =>
      submitForm(visitor(), { token: form.token, submission: newSecretToken(), input });
    await expect(send({ total: "many" })).rejects.toMatchObject({
      code: "invalid",
      fields: { "input.customer": [expect.any(String)], "input.total": [expect.any(String)] },
    });
    await setWorkflowActive(ours.admin, { workflowId, isActive: false });
    const refused = await send(ADA).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "precondition", message: expect.not.stringContaining("Greeting") });
    expect((await deliveryRows(ours.admin, form.id)).at(-1)).toMatchObject({
      status: "rejected",
      reason: expect.stringContaining("inactive"),
    });
    await setWorkflowActive(ours.admin, { workflowId, isActive: true });
  });

  it("keeps the start of what is long in the log, and all of it in the run", async () => {
    const story = "ü".repeat(40_000);
    const fields = [{ key: "story", label: "Story", type: "long_text", required: true }];
    const graph = testGraph(
      [testNode("input", "input", { fields }), outputNode("output", { story: "{{ input.story }}" })],
      [testEdge("input", "output")],
    );
    const long = await publishGraph(ours.admin, "Stories", graph);
    const form = await makeTrigger(ours.admin, long, "form", { title: "Tell us" });
    await submitForm(visitor(), { token: form.token, submission: newSecretToken(), input: { story } });
    const [row] = await deliveryRows(ours.admin, form.id);
    expect(JSON.stringify(row?.payload).length).toBeLessThan(5_000);
    const { run } = await readRun(ours.job, String(row?.executionId));
    expect(run.inputData).toEqual({ story });
  });

  it("takes only so many from one address", async () => {
    const form = await makeTrigger(ours.admin, workflowId, "form", { title: "Ask us" });
    const who = visitor();
    const send = () => submitForm(who, { token: form.token, submission: newSecretToken(), input: {} });
    const codes: unknown[] = [];
    for (let index = 0; index <= 2 * TRIGGER_LIMITS.formSender.max; index += 1)
      codes.push(await send().catch((error: { code: string }) => error.code));
    expect(codes.slice(0, TRIGGER_LIMITS.formSender.max)).toEqual(
      Array(TRIGGER_LIMITS.formSender.max).fill("invalid"),
    );
    expect(codes.at(-1)).toBe("rate_limited");
  });

  it("says to who has sent it that it was received, also when it was turned off since, and no result then", async () => {
    const form = await makeTrigger(ours.admin, workflowId, "form", { title: "Ask us", showsResult: true });
    const sent = { token: form.token, submission: newSecretToken(), input: ADA };
    await submitForm(visitor(), sent);
    const [row] = await deliveryRows(ours.admin, form.id);
    const found = async () => {
      const entry = await enterSentForm(form.token);
      return entry.state === "open" ? findSubmission(entry.scope, entry.trigger, sent.submission) : entry;
    };
    await asWorker(ours.job, async (tx) => {
      const run = await loadRun(tx, ours.job, String(row?.executionId));
      const end = { status: "completed", result: { text: "Hello" } } as const;
      await endRun(tx, ours.job, run, end, newFollowUps());
    });
    expect(await found()).toMatchObject({ status: "done", result: [{ key: "text", text: "Hello" }] });
    await setTriggerActive(ours.admin, { triggerId: form.id, isActive: false });
    expect(await enterForm(form.token)).toEqual({ state: "nothing" });
    expect(await found()).toMatchObject({ status: "done", result: null });
  });

  it("is not there when it is off, under another address, or as a webhook", async () => {
    const form = await makeTrigger(ours.admin, workflowId, "form", { title: "Ask us" });
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
    await setTriggerActive(ours.admin, { triggerId: form.id, isActive: false });
    for (const token of [form.token, hook.token, newSecretToken(), "short"]) {
      expect(await enterForm(token)).toEqual({ state: "nothing" });
      const sent = submitForm(visitor(), { token, submission: newSecretToken(), input: ADA });
      await expect(sent).rejects.toMatchObject({ code: "not_found" });
    }
  });
});
