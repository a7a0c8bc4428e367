import { CodeBlock } from "@/components/shared/code-block";

const EXAMPLE = `import { createHmac, timingSafeEqual } from "node:crypto";

// secret: "whsec_…"; headers: in lower case; body: the text as it came, before any JSON.parse
export function isFromHireBuddha(secret, headers, body) {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"];
  if (!id || !timestamp || !signatures) return false; // not one of ours
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false; // late or replayed
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = createHmac("sha256", key).update(\`\${id}.\${timestamp}.\${body}\`).digest();
  return signatures.split(" ").some((part) => {
    const [version, signature] = part.split(",");
    const given = Buffer.from(signature ?? "", "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}`;

/** How a receiver knows that a message comes from here. */
export function VerifyExample() {
  return (
    <div className="grid gap-3 text-sm">
      <p className="max-w-2xl text-muted-foreground leading-relaxed">
        Messages follow{" "}
        <a href="https://www.standardwebhooks.com" target="_blank" rel="noopener noreferrer" className="link">
          Standard Webhooks
        </a>
        , so its libraries work for many languages. Without one, check the signature like this. A message may
        come more than once: take each <code className="font-mono text-xs">webhook-id</code> once, and answer
        with a 2xx within ten seconds.
      </p>
      <CodeBlock code={EXAMPLE} title="verify.js" />
    </div>
  );
}
