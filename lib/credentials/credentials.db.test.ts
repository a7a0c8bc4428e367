import { beforeAll, describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { credentials } from "@/db/schema/credentials";
import { listAudit } from "@/lib/audit/queries";
import { chain, publishGraph } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { createCredential, deleteCredential, updateCredential } from "./commands";
import { createCredentialInput, updateCredentialInput } from "./input";
import { listCredentialChoices, listCredentials, listWorkflowsSigningIn } from "./queries";
import { signInFor, withoutValue } from "./use";

withTestDatabase();

const VALUE = "Bearer crm-canary-1234";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await makeTenant();
});

const usual = { headerName: "Authorization", hosts: "api.crm.example\n*.eu.crm.example", value: VALUE };
const add = (name: string, given: Record<string, unknown> = {}) =>
  createCredential(tenant.admin, createCredentialInput.parse({ name, ...usual, ...given }));
const change = (credentialId: string, given: Record<string, unknown>) =>
  updateCredential(
    tenant.admin,
    updateCredentialInput.parse({ credentialId, name: "Changed", ...usual, value: "", ...given }),
  );
async function sent(credentialId: string, address = "https://api.crm.example/contacts") {
  const { headerName, value } = await signInFor(tenant.job, credentialId, address);
  return `${headerName}: ${value.reveal()}`;
}

describe("a credential", () => {
  it("is chosen by everybody by its name, and its value is read by the call of a step alone", async () => {
    const { id } = await add("CRM");
    expect(await listCredentialChoices(tenant.member)).toContainEqual({
      id,
      name: "CRM",
      hosts: ["api.crm.example", "*.eu.crm.example"],
    });
    expect(await listCredentials(tenant.admin)).toContainEqual(
      expect.objectContaining({ id, lastFour: "••••1234", createdByName: "Test tenant_admin" }),
    );
    expect(await sent(id)).toBe(`Authorization: ${VALUE}`);
    for (const person of [tenant.member, tenant.admin])
      await expect(signInFor(person, id, "https://api.crm.example/")).rejects.toMatchObject({
        code: "forbidden",
      });
    // Nor has the role of the console a way to its sealed form.
    const sealed = asTenant(tenant.admin, (tx) =>
      tx.select({ value: credentials.sealedValue }).from(credentials),
    );
    await expect(sealed).rejects.toMatchObject({ cause: { code: "42501" } });
    const { items } = await listAudit(tenant.admin, { subject: "credential" });
    expect(items[0]).toMatchObject({ action: "credential.create", targetId: id });
    expect(JSON.stringify(items)).not.toContain("canary");
  });

  it("is an admin's to add, change and delete, in their own workspace", async () => {
    const { id: credentialId } = await add("Own");
    const other = await makeTenant();
    const input = updateCredentialInput.parse({ credentialId, name: "Taken", ...usual });
    for (const [scope, code] of [
      [tenant.member, "forbidden"],
      [other.admin, "not_found"],
    ] as const) {
      await expect(updateCredential(scope, input)).rejects.toMatchObject({ code });
      await expect(deleteCredential(scope, { credentialId })).rejects.toMatchObject({ code });
      await expect(listWorkflowsSigningIn(scope, { credentialId })).rejects.toMatchObject({ code });
    }
    await expect(
      createCredential(tenant.member, createCredentialInput.parse({ name: "No", ...usual })),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(signInFor(other.job, credentialId, "https://api.crm.example/")).rejects.toMatchObject({
      reason: "credential_missing",
    });
    expect(await listCredentialChoices(other.member)).toEqual([]);
  });

  it("has a name of its own", async () => {
    const { id } = await add("Mine");
    await add("Yours");
    const taken = { code: "conflict", fields: { name: ["Another credential has this name."] } };
    await expect(add("mine")).rejects.toMatchObject(taken);
    await expect(change(id, { name: "YOURS" })).rejects.toMatchObject(taken);
  });

  it("keeps its value for the same hosts or fewer, and is entered again for any other", async () => {
    const { id } = await add("Narrowed");
    await change(id, { name: "Narrowed", hosts: "shop.eu.crm.example" });
    expect(await sent(id, "https://shop.eu.crm.example/")).toBe(`Authorization: ${VALUE}`);
    const again = { code: "invalid", fields: { value: [expect.stringMatching(/^Enter the value again/)] } };
    for (const wider of ["api.crm.example", "*.eu.crm.example", "shop.eu.crm.example evil.example"])
      await expect(change(id, { hosts: wider })).rejects.toMatchObject(again);
    const asked = { hosts: "shop.eu.crm.example", headerName: "X-Echo" };
    await expect(change(id, asked)).rejects.toMatchObject(again);
    await change(id, { ...asked, hosts: "evil.example", value: "another" });
    expect(await sent(id, "https://evil.example/")).toBe("X-Echo: another");
  });

  it("is sent to its hosts alone, and over https", async () => {
    const { id } = await add("Bound");
    expect(await sent(id, "https://a.b.eu.crm.example/x")).toContain(VALUE);
    const refused = { code: "invalid", reason: "credential_host" };
    for (const address of [
      "https://crm.example/",
      "https://eu.crm.example/",
      "https://api.crm.example.evil.example/",
      "https://api.crm.example@evil.example/",
      "http://api.crm.example/",
    ])
      await expect(sent(id, address)).rejects.toMatchObject(refused);
  });

  it("names the workflows that sign in with it before it is deleted, and then is not there", async () => {
    const { id: credentialId } = await add("Used");
    const config = { method: "GET", url: "https://api.crm.example/", headers: [], body: "" };
    const node = testNode("call", "http", { ...config, allowedStatus: [], timeoutMs: 5_000, credentialId });
    const workflowId = await publishGraph(tenant.admin, "Sync", chain([node], "done"));
    expect(await listWorkflowsSigningIn(tenant.admin, { credentialId })).toEqual([
      { id: workflowId, name: "Sync" },
    ]);
    await deleteCredential(tenant.admin, { credentialId });
    await expect(deleteCredential(tenant.admin, { credentialId })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(publishGraph(tenant.admin, "Sync again", chain([node], "done"))).rejects.toThrow(
      /“call”: Credential: this credential does not exist any more/,
    );
  });
});

it("is told what is wrong with it, field by field", () => {
  const problems = (given: Record<string, unknown>) =>
    createCredentialInput
      .safeParse({ name: "CRM", ...usual, ...given })
      .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  expect(problems({ hosts: "https://api.crm.example" })).toEqual([
    "hosts: https://api.crm.example is not a host name such as api.example.com.",
  ]);
  expect(problems({ hosts: "" })).toEqual(["hosts: Name at least one host."]);
  expect(problems({ headerName: "Content-Length" })).toEqual(["headerName: Nobody signs in by this header."]);
  expect(problems({ headerName: "X Key" })).toEqual(["headerName: This is not a header name."]);
  expect(problems({ value: "a\r\nX-More: b" })).toEqual(["value: A header cannot hold “\\r”."]);
  expect(problems({ value: " " })).toEqual(["value: Enter the value."]);
});

it("is taken out of what a service repeats, with its scheme and without", async () => {
  const { id } = await add("Echoed");
  const { value } = await signInFor(tenant.job, id, "https://api.crm.example/");
  expect(withoutValue(`you sent ${VALUE}, key crm-canary-1234`, value)).toBe("you sent •••, key •••");
});
