import { type DemoSoFar, readDemoSoFar, writeDemo } from "@/db/seed/demo-file";

const WHO = {
  tenantAdmin: "tenant admin",
  member: "member",
  partner: "partner",
  appAdmin: "app admin",
} as const;

/** Notes in the demo's file where the server answers. */
export function noteUrl(path: string, url: string): void {
  const demo = readDemoSoFar(path);
  if (demo) writeDemo(path, { ...demo, url });
}

/** What is printed once the server answers. */
export function banner(url: string, demo: DemoSoFar | null, note: string): string {
  const lines = ["", `HireBuddha is ready at ${url}`, ""];
  if (demo) {
    for (const [key, label] of Object.entries(WHO)) {
      const user = demo.users[key];
      if (user) lines.push(`  ${label.padEnd(13)} ${user.email.padEnd(30)} ${user.password}`);
    }
    if (demo.apiKey) lines.push(`  ${"API key".padEnd(13)} ${demo.apiKey}`);
    lines.push("");
  }
  return `${lines.join("\n")}${note}\n`;
}
