import type { AddressInfo, Socket } from "node:net";
import { eq, sql } from "drizzle-orm";
import { afterAll, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { emails } from "@/db/schema/system";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { deliverMail, listDueMails } from "./deliver";
import { invitationMessage, verifyEmailMessage } from "./messages";
import { queueMail } from "./queue";
import { html } from "./render";

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
    const ages: number[] = [];
    for (const minutes of [1, 5, 20, 60, 240]) {
      await asSystem("test", (tx) =>
        tx
          .update(emails)
          .set({ createdAt: sql`now() - make_interval(mins => ${minutes})` })
          .where(eq(emails.id, id)),
      );
      if ((await listDueMails()).includes(id)) ages.push(minutes);
      await deliverMail(id);
    }
    expect(ages).toEqual([1, 5, 20, 60, 240]);
    expect(await rowOf(id)).toMatchObject({ status: "failed", attempt: 6 });
    isRefusing = false;
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
