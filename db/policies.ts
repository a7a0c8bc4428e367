import { TABLES } from "./registry";
import type { Grant, TableRule, Verb } from "./rules";

export const ROLES = {
  tenant: "hb_tenant",
  worker: "hb_worker",
  partner: "hb_partner",
  platform: "hb_platform",
  system: "hb_system",
} as const;

export type RoleKey = keyof typeof ROLES;

const VERBS: Readonly<Record<string, Verb>> = { s: "select", i: "insert", u: "update", d: "delete" };

function verbsOf(grant: Grant): Verb[] {
  const letters = typeof grant === "string" ? grant : grant.verbs;
  return [...letters].flatMap((letter) => VERBS[letter] ?? []);
}

/** The rows a role may touch, as the text of its row policy. */
function predicateOf(role: RoleKey, table: string, rule: TableRule): string {
  if (role === "platform" || role === "system") return "true";
  if (role === "partner") {
    if (rule.class === "platform" || rule.class === "system") return "true";
    // Through `tenants`, whose own policy already narrows it to the partner's customers (and its home).
    if (rule.partnerVia === "tenant") return "tenant_id in (select id from tenants)";
    // What was billed by a partner stays with it, and is not the next one's.
    if (rule.partnerVia === "invoice") return "invoice_id in (select id from invoices)";
    if (rule.partnerVia === "credit_note") return "credit_note_id in (select id from credit_notes)";
    if (table === "tenants")
      return "partner_id = (select app.partner_id()) or id = (select app.partner_home_id())";
    return `${rule.partnerColumn ?? "partner_id"} = (select app.partner_id())`;
  }
  if (rule.class === "tenant") return `${rule.tenantColumn ?? "tenant_id"} = (select app.tenant_id())`;
  // A run reads the prices of its tenant's own resellers, of now and of before, and no other's.
  if (rule.class === "partner")
    return `${rule.partnerColumn ?? "partner_id"} in (select partner_id from tenant_partner_history where tenant_id = (select app.tenant_id()))`;
  return "true";
}

function grantSql(table: string, role: string, grant: Grant): string[] {
  const narrowed: Partial<Record<Verb, readonly string[] | undefined>> =
    typeof grant === "string" ? {} : { select: grant.columns, update: grant.updates };
  return verbsOf(grant).map((verb) => {
    const columns = narrowed[verb] ? ` (${narrowed[verb].join(", ")})` : "";
    return `grant ${verb}${columns} on ${table} to ${role};`;
  });
}

function policySql(table: string, roleKey: RoleKey, rule: TableRule, grant: Grant): string[] {
  const role = ROLES[roleKey];
  const predicate = predicateOf(roleKey, table, rule);
  return verbsOf(grant).map((verb) => {
    const using = verb === "insert" ? "" : ` using (${predicate})`;
    const check = verb === "insert" || verb === "update" ? ` with check (${predicate})` : "";
    return `create policy ${roleKey}_${verb} on ${table} for ${verb} to ${role}${using}${check};`;
  });
}

function tableSql(table: string, rule: TableRule): string[] {
  const roles = Object.keys(ROLES) as RoleKey[];
  return [
    `revoke all on ${table} from public, ${Object.values(ROLES).join(", ")};`,
    `alter table ${table} enable row level security;`,
    `alter table ${table} force row level security;`,
    ...roles.flatMap((key) => {
      const grant = rule[key];
      return grant ? [...grantSql(table, ROLES[key], grant), ...policySql(table, key, rule, grant)] : [];
    }),
    ...(rule.appendOnly
      ? [
          `create or replace trigger ${table}_append_only before update or delete on ${table} for each row execute function app.refuse_change();`,
          `create or replace trigger ${table}_no_truncate before truncate on ${table} for each statement execute function app.refuse_change();`,
        ]
      : []),
  ];
}

const FUNCTIONS = `
create schema if not exists app;
create or replace function app.tenant_id() returns uuid language sql stable
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
create or replace function app.partner_id() returns uuid language sql stable
  as $$ select nullif(current_setting('app.partner_id', true), '')::uuid $$;
create or replace function app.partner_home_id() returns uuid language sql stable
  as $$ select nullif(current_setting('app.partner_home_id', true), '')::uuid $$;
create or replace function app.refuse_change() returns trigger language plpgsql
  as $$ begin raise exception '% is append-only', tg_table_name using errcode = '42501'; end $$;
grant usage on schema app, public to ${Object.values(ROLES).join(", ")};
grant execute on all functions in schema app to ${Object.values(ROLES).join(", ")};
grant usage on all sequences in schema public to ${Object.values(ROLES).join(", ")};
`;

// Roles belong to the whole server: another database's migration may make or grant the same one at this moment.
const ROLE_SQL = Object.values(ROLES)
  .map(
    (role) => `do $$ begin
  begin
    if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin nosuperuser nobypassrls noinherit; end if;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    execute format('grant ${role} to %I', current_user);
  exception when internal_error then
    if not pg_has_role(current_user, '${role}', 'member') then raise; end if;
  end;
end $$;`,
  )
  .join("\n");

const DROP_POLICIES = `do $$ declare p record; begin
  for p in select policyname, tablename from pg_policies where schemaname = 'public' loop
    execute format('drop policy %I on public.%I', p.policyname, p.tablename);
  end loop;
end $$;`;

/** All roles, grants, row policies and append-only triggers, from the registry. Running it again changes nothing. */
export function policiesSql(): string {
  const tables = Object.entries<TableRule>(TABLES).flatMap(([table, rule]) => tableSql(table, rule));
  return [ROLE_SQL, FUNCTIONS, DROP_POLICIES, ...tables].join("\n");
}
