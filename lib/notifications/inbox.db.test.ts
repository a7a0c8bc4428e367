import { beforeEach, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { mintScope, type TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { apiScope, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { markAllNotifications, markNotification, savePreferences } from "./commands/inbox";
import { preferencesInput } from "./input";
import type { NoticeKind } from "./kinds";
import { notify } from "./notify";
import { listNotifications, listPreferences, readBell } from "./queries/inbox";

withTestDatabase();

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

function tell(title: string, kind: NoticeKind = "schedule_off"): Promise<void> {
  const notice = {
    kind,
    title,
    body: "Why.",
    href: "/app",
    dedupeKey: newId(),
    to: { members: true },
  } as const;
  return asWorker(tenant.job, (tx) => notify(tx, tenant.job, notice));
}

const titles = (items: readonly { title: string }[]) => items.map(({ title }) => title);

describe("a person's notifications", () => {
  it("are counted, listed newest first, filtered, and marked one by one and all at once", async () => {
    for (let index = 0; index < 12; index += 1) await tell(`Off ${index}`);
    await tell("Failed", "run_failed");
    const bell = await readBell(tenant.member);
    expect(bell.unread).toBe(13);
    expect(titles(bell.latest)).toEqual([
      "Failed",
      ...Array.from({ length: 9 }, (_, at) => `Off ${11 - at}`),
    ]);
    expect(titles((await listNotifications(tenant.member, { kind: "run_failed" })).items)).toEqual([
      "Failed",
    ]);
    const notificationId = bell.latest[0]?.id ?? "";
    await markNotification(tenant.member, { notificationId, isRead: true });
    expect(titles((await listNotifications(tenant.member, { show: "unread" })).items)).not.toContain(
      "Failed",
    );
    await markNotification(tenant.member, { notificationId, isRead: false });
    expect((await readBell(tenant.member)).unread).toBe(13);
    await markAllNotifications(tenant.member);
    expect((await listNotifications(tenant.member, { show: "unread" })).items).toEqual([]);
    expect((await readBell(tenant.admin)).unread).toBe(13);
  });

  it("are nobody else's: not a colleague's, not a visitor's, not a machine's", async () => {
    await tell("Off");
    const [own] = (await readBell(tenant.member)).latest;
    const input = { notificationId: own?.id ?? "", isRead: true };
    const stranger = await makeTenant();
    for (const scope of [tenant.admin, stranger.admin]) {
      await expect(markNotification(scope, input)).rejects.toMatchObject({ code: "not_found" });
    }
    const visitor = mintScope<TenantScope>({
      ...tenant.admin,
      actor: {
        kind: "user",
        userId: stranger.adminId,
        sessionId: newId(),
        impersonatorId: stranger.adminId,
      },
    });
    expect(await readBell(visitor)).toEqual({ unread: 0, latest: [] });
    await expect(savePreferences(visitor, preferencesInput.parse({}))).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(readBell(apiScope(tenant, ["executions:read"]))).rejects.toMatchObject({
      code: "forbidden",
    });
    expect((await readBell(tenant.member)).unread).toBe(1);
  });
});

it("tells a person as they chose, from then on", async () => {
  expect((await listPreferences(tenant.member)).find(({ kind }) => kind === "schedule_off")).toEqual({
    kind: "schedule_off",
    inApp: true,
    byMail: true,
  });
  // What a form sends: the boxes that were changed.
  const input = preferencesInput.parse({
    run_failed: { inApp: "false", byMail: "true" },
    schedule_off: { byMail: "false" },
  });
  await savePreferences(tenant.member, input);
  await savePreferences(tenant.member, input);
  await tell("Off");
  await tell("Failed", "run_failed");
  expect(titles((await readBell(tenant.member)).latest)).toEqual(["Off"]);
  expect((await mailsTo(`${tenant.memberId}@example.test`)).map(({ subject }) => subject)).toEqual([
    "Failed",
  ]);
  expect(titles((await readBell(tenant.admin)).latest)).toEqual(["Failed", "Off"]);
});

it("keeps what another tab saved since: a form says only what was changed in it", async () => {
  const ofKind = async (kind: string) =>
    (await listPreferences(tenant.member)).find((row) => row.kind === kind);
  const { inApp, byMail } = (await ofKind("run_failed")) ?? {};
  await savePreferences(tenant.member, preferencesInput.parse({ run_failed: { inApp: String(!inApp) } }));
  await savePreferences(tenant.member, preferencesInput.parse({ schedule_off: { byMail: "false" } }));
  await savePreferences(tenant.member, preferencesInput.parse({ run_failed: { byMail: String(!byMail) } }));
  expect(await ofKind("run_failed")).toEqual({ kind: "run_failed", inApp: !inApp, byMail: !byMail });
  expect(await ofKind("schedule_off")).toEqual({ kind: "schedule_off", inApp: true, byMail: false });
});
