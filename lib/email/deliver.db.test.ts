import type { AddressInfo, Socket } from "node:net";
import { eq, sql } from "drizzle-orm";
import { afterAll, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";
import { listAllAudit } from "@/lib/admin/queries/audit";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { deliverMail, listDueMails } from "./deliver";
import { listFailedMails, sendMailAgain, sendMailsAgain } from "./failed";
import { invitationMessage, verifyEmailMessage } from "./messages";
import { queueMail } from "./queue";
import { html } from "./render";
import { mailTrouble } from "./trouble";

// The settings are read when the first module loads, so the server's port must be known before that.
const server = await vi.hoisted(async () => {
  const { createServer } = await import("node:net");
  const listening = createServer();
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as AddressInfo;
  vi.stubEnv("SMTP_URL", `smtp://127.0.0.1:${port}?ignoreTLS=true`);
  return listening;
});

/** As much of a mail server as one client needs: it takes every message, or refuses every recipient. */
const inbox: string[] = [];
let isRefusing = false;

function serve(socket: Socket): void {
  let message: string | null = null;
  let buffered = "";
  const answer = (line: string): string | null => {
    if (/^DATA/i.test(line)) {
      message = "";
      return "354 go on";
    }
    if (/^RCPT/i.test(line) && isRefusing) return "451 try later";
    return /^QUIT/i.test(line) ? "221 bye" : "250 fine";
  };
  const take = (line: string): string | null => {
    if (message === null) return answer(line);
    if (line !== ".") {
      message += `${line}\n`;
      return null;
    }
    inbox.push(message);
    message = null;
    return "250 taken";
  };
  socket.write("220 test\r\n");
  socket.on("data", (chunk) => {
    buffered += chunk.toString("utf8");
    const lines = buffered.split("\r\n");
    buffered = lines.pop() ?? "";
    for (const line of lines) {
      const reply = take(line);
      if (reply) socket.write(`${reply}\r\n`);
    }
  });
  socket.on("error", () => {});
}

server.on("connection", serve);

withTestDatabase();
afterAll(() => {
  server.close();
});

async function queue(idempotencyKey = newId()): Promise<string> {
  const mail = {
    to: "ada@example.test",
    ...verifyEmailMessage("http://localhost/verify-email/abc"),
    idempotencyKey,
  };
  await asSystem("test", (tx) => queueMail(tx, mail));
  const [row] = await asSystem("test", (tx) =>
    tx.select({ id: emails.id }).from(emails).where(eq(emails.idempotencyKey, idempotencyKey)),
  );
  return row?.id ?? "";
}

async function rowOf(id: string) {
  const [row] = await asSystem("test", (tx) =>
    tx
      .select({ status: emails.status, attempt: emails.attempt, error: emails.errorMessage })
      .from(emails)
      .where(eq(emails.id, id)),
  );
  return row;
}

/** The mail as it is so many minutes later. */
async function letPass(id: string, minutes: number): Promise<void> {
  const earlier = sql`make_interval(mins => ${minutes})`;
  await asSystem("test", (tx) =>
    tx
      .update(emails)
      .set({
        createdAt: sql`${emails.createdAt} - ${earlier}`,
        nextAttemptAt: sql`${emails.nextAttemptAt} - ${earlier}`,
      })
      .where(eq(emails.id, id)),
  );
}

async function minutesLeft(id: string): Promise<number> {
  const left = sql<number>`ceil(extract(epoch from ${emails.nextAttemptAt} - now()) / 60)`.mapWith(Number);
  const [row] = await asSystem("test", (tx) => tx.select({ left }).from(emails).where(eq(emails.id, id)));
  return row?.left ?? Number.NaN;
}

describe("sending mail", () => {
  it("sends once, with text, HTML and an id that stays the same", async () => {
    const id = await queue();
    expect(await listDueMails()).toContain(id);
    const results = await Promise.all([deliverMail(id), deliverMail(id), deliverMail(id)]);
    expect(results.filter((result) => result === "sent")).toHaveLength(1);
    expect(inbox).toHaveLength(1);
    for (const part of [
      `<${id}@localhost>`,
      "text/plain",
      "text/html",
      "http://localhost/verify-email/abc",
    ]) {
      expect(inbox[0]).toContain(part);
    }
    expect(await rowOf(id)).toMatchObject({ status: "sent", attempt: 1 });
    expect(await deliverMail(id)).toBe("skipped");
  });

  it("makes one mail of the same key", async () => {
    const key = newId();
    expect(await queue(key)).toBe(await queue(key));
  });

  it("tries again later and later, and gives up with the server's answer", async () => {
    isRefusing = true;
    const id = await queue();
    expect(await deliverMail(id)).toBe("failed");
    expect(await rowOf(id)).toMatchObject({
      status: "queued",
      attempt: 1,
      error: expect.stringContaining("451"),
    });
    expect(await listDueMails()).not.toContain(id);
    expect(await deliverMail(id)).toBe("skipped");
    const waited: number[] = [];
    for (const _ of [1, 2, 3, 4, 5]) {
      waited.push(await minutesLeft(id));
      await letPass(id, waited.at(-1) ?? 0);
      expect(await listDueMails()).toContain(id);
      expect(await deliverMail(id)).toBe("failed");
    }
    expect(waited).toEqual([1, 4, 15, 40, 180]);
    expect(await rowOf(id)).toMatchObject({ status: "failed", attempt: 6 });
    isRefusing = false;
    expect(await deliverMail(id)).toBe("skipped");
  });

  it("tells the operator what does not go out, and why", async () => {
    const platform = await makePlatform();
    await asSystem("test", (tx) => tx.delete(emails));
    expect(await mailTrouble(platform)).toEqual({ waiting: 0, failed: 0, lastError: null });
    isRefusing = true;
    const id = await queue();
    // What was not tried yet is no trouble, unless nobody comes to try it.
    expect(await mailTrouble(platform)).toMatchObject({ waiting: 0 });
    await letPass(id, 5);
    expect(await mailTrouble(platform)).toEqual({ waiting: 1, failed: 0, lastError: null });
    await deliverMail(id);
    const lastError = expect.stringContaining("451 try later");
    expect(await mailTrouble(platform)).toEqual({ waiting: 1, failed: 0, lastError });
    for (const _ of [1, 2, 3, 4, 5]) {
      await letPass(id, await minutesLeft(id));
      await deliverMail(id);
    }
    expect(await mailTrouble(platform)).toEqual({ waiting: 0, failed: 1, lastError });
    await letPass(id, 25 * 60);
    expect(await mailTrouble(platform)).toEqual({ waiting: 0, failed: 0, lastError: null });
    isRefusing = false;
  });

  it("goes out after all when the operator has it sent again, once however often that is asked", async () => {
    const platform = await makePlatform();
    await asSystem("test", (tx) => tx.delete(emails));
    const [one, recent, old] = [await queue(), await queue(), await queue()];
    const givenUp = { status: "failed", attempt: 6, errorMessage: "451 try later" };
    await asSystem("test", (tx) => tx.update(emails).set(givenUp));
    await letPass(old, 8 * 24 * 60);
    const listed = await listFailedMails(platform);
    expect(listed.items.map(({ id }) => id)).toEqual([old, recent, one]);
    expect(listed).toMatchObject({ recent: 2, nextCursor: null });
    expect(listed.items[0]).toMatchObject({ recipient: "ada@example.test", error: "451 try later" });
    expect(JSON.stringify(listed)).not.toContain("verify-email");

    const asked = await Promise.allSettled([1, 2].map(() => sendMailAgain(platform, { mailId: one })));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await sendMailsAgain(platform)).toEqual({ mails: 1 });
    expect(await sendMailsAgain(platform)).toEqual({ mails: 0 });
    expect((await listFailedMails(platform)).items.map(({ id }) => id)).toEqual([old]);
    expect((await listDueMails()).sort()).toEqual([one, recent].sort());
    for (const id of [one, recent]) {
      expect(await deliverMail(id)).toBe("sent");
      expect(inbox.at(-1)).toContain(`<${id}@localhost>`);
    }
    expect(await rowOf(one)).toEqual({ status: "sent", attempt: 1, error: null });
    await expect(sendMailAgain(platform, { mailId: one })).rejects.toMatchObject({ code: "not_found" });
    const { items } = await listAllAudit(platform, { action: "mail.send_again" });
    expect(items.map(({ targetId }) => targetId)).toEqual([null, one]);
  });

  it("that nobody tried for hours is tried over hours all the same", async () => {
    isRefusing = true;
    const id = await queue();
    await letPass(id, 600);
    expect(await deliverMail(id)).toBe("failed");
    expect(await listDueMails()).not.toContain(id);
    expect(await minutesLeft(id)).toBe(1);
    isRefusing = false;
  });

  it("gives up a mail whose last try nobody came back from, and says so", async () => {
    const id = await queue();
    await asSystem("test", (tx) =>
      tx
        .update(emails)
        .set({ attempt: 6, nextAttemptAt: sql`now() + interval '10 minutes'` })
        .where(eq(emails.id, id)),
    );
    expect(await listDueMails()).not.toContain(id);
    expect(await rowOf(id)).toMatchObject({ status: "queued" });
    await letPass(id, 10);
    expect(await listDueMails()).not.toContain(id);
    expect(await rowOf(id)).toMatchObject({
      status: "failed",
      attempt: 6,
      error: expect.stringMatching(/lost/),
    });
    expect(await deliverMail(id)).toBe("skipped");
  });
});

it("never lets a name write HTML into a mail", () => {
  const message = invitationMessage('http://localhost/invite/"x', {
    inviter: "<img src=x onerror=alert(1)>",
    place: "A & B",
    role: "a member",
  });
  const rendered = html({
    subject: message.subject,
    body: message.body,
    actionUrl: message.action?.url ?? null,
    actionLabel: message.action?.label ?? null,
  });
  expect(rendered).not.toContain("<img");
  expect(rendered).toContain("A &amp; B");
  expect(rendered).toContain("/invite/&quot;x");
});
