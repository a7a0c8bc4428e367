import "server-only";
import { DrizzleAdapter } from "@auth/drizzle-adapter";
import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { NextAuthConfig } from "next-auth";
import type { Adapter } from "next-auth/adapters";
import GitHub from "next-auth/providers/github";
import Google from "next-auth/providers/google";
import { asSystem } from "@/db/access";
import { accounts } from "@/db/schema/auth";
import { normalizeEmail } from "@/lib/accounts/email-address";
import { signUpWithProvider } from "@/lib/accounts/sign-up";
import { cut } from "@/lib/cut";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";

/** Our `users` table under the property names that the Auth.js adapter asks for. */
const adapterUsers = pgTable("users", {
  id: uuid("id").primaryKey(),
  name: text("full_name").notNull(),
  email: text("email").notNull(),
  emailVerified: timestamp("email_verified_at", { mode: "date", withTimezone: true }),
  image: text("image"),
});

export type OAuthProvider = "google" | "github";

/** The ways to sign in without a password that this installation has keys for. */
export function oauthProviderNames(): OAuthProvider[] {
  const settings = env();
  return [
    ...(settings.AUTH_GOOGLE_ID ? (["google"] as const) : []),
    ...(settings.AUTH_GITHUB_ID ? (["github"] as const) : []),
  ];
}

/** The providers for Auth.js. Their access tokens are not kept: only who somebody is matters to us. */
export function oauthProviders(): NextAuthConfig["providers"] {
  const settings = env();
  const names = oauthProviderNames();
  const providers: NextAuthConfig["providers"] = [];
  if (names.includes("google")) {
    providers.push(
      Google({
        clientId: settings.AUTH_GOOGLE_ID,
        clientSecret: settings.AUTH_GOOGLE_SECRET,
        account: () => ({}),
        profile: (profile) => ({
          id: profile.sub,
          name: profile.name,
          email: profile.email,
          image: profile.picture,
          isEmailProved: profile.email_verified,
        }),
      }),
    );
  }
  if (names.includes("github")) {
    providers.push(
      GitHub({
        clientId: settings.AUTH_GITHUB_ID,
        clientSecret: settings.AUTH_GITHUB_SECRET,
        account: () => ({}),
      }),
    );
  }
  return providers;
}

/** Each call of the adapter is one short transaction of its own. */
function inAdapter<T>(work: (adapter: Required<Adapter>) => T | Promise<T>): Promise<T> {
  return asSystem("oauth", async (tx) => {
    const adapter = DrizzleAdapter(tx, { usersTable: adapterUsers, accountsTable: accounts });
    return work(adapter as Required<Adapter>);
  });
}

function storedEmail(email: string): string {
  const normalized = normalizeEmail(email);
  if (!normalized) throw new AppError("invalid", "This e-mail address cannot be used here.");
  return normalized;
}

/** What Auth.js needs to keep for signing in by a provider. Sessions are ours, so those methods are left out. */
export function oauthAdapter(): Adapter {
  return {
    createUser: async (user) => {
      const isEmailProved = "isEmailProved" in user && user.isEmailProved === true;
      const created = await signUpWithProvider({
        email: storedEmail(user.email),
        fullName: cut(user.name?.trim() ?? "", 120) || user.email,
        image: user.image ?? null,
        isEmailProved,
      });
      return { ...user, id: created.userId, emailVerified: isEmailProved ? new Date() : null };
    },
    getUser: (id) => inAdapter(async (adapter) => adapter.getUser(id)),
    getUserByEmail: (email) => inAdapter(async (adapter) => adapter.getUserByEmail(storedEmail(email))),
    getUserByAccount: (account) => inAdapter(async (adapter) => adapter.getUserByAccount(account)),
    updateUser: (user) => inAdapter(async (adapter) => adapter.updateUser(user)),
    linkAccount: async (account) => {
      await inAdapter(async (adapter) => adapter.linkAccount(account));
    },
  };
}
