/** A stored mail, as far as its looks go. */
export type MailContent = {
  subject: string;
  body: string;
  actionUrl: string | null;
  actionLabel: string | null;
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}

/** The plain-text part: the paragraphs, then the link on a line of its own. */
export function plainText(mail: MailContent): string {
  return mail.actionUrl ? `${mail.body}\n\n${mail.actionLabel}: ${mail.actionUrl}\n` : `${mail.body}\n`;
}

/** The HTML part. Mail programs know neither style sheets nor our tokens, so the few colours stand here. */
export function html(mail: MailContent): string {
  const paragraphs = mail.body
    .split(/\n{2,}/)
    .map((text) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`)
    .join("");
  const url = mail.actionUrl ? escapeHtml(mail.actionUrl) : "";
  const button = url
    ? `<p style="margin:24px 0"><a href="${url}" style="display:inline-block;padding:11px 18px;border-radius:8px;background:#1f1a17;color:#ffffff;text-decoration:none;font-weight:600">${escapeHtml(mail.actionLabel ?? "Open")}</a></p><p style="margin:0;color:#6b625b;font-size:13px;word-break:break-all">${url}</p>`
    : "";
  return `<!doctype html><html lang="en"><body style="margin:0;padding:32px 16px;background:#f7f4f0"><div style="max-width:520px;margin:0 auto;padding:32px;border-radius:12px;background:#ffffff;color:#1f1a17;font:16px/1.6 system-ui,-apple-system,'Segoe UI',sans-serif"><h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">${escapeHtml(mail.subject)}</h1>${paragraphs}${button}</div></body></html>`;
}
