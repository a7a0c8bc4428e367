/** How often something may be tried in a fixed window. */
export type Limit = { readonly name: string; readonly max: number; readonly windowMs: number };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Every limit on what people do before or around signing in. */
export const LIMITS = {
  /** Wrong passwords from one address against one account. */
  signInPair: { name: "sign-in.pair", max: 5, windowMs: 15 * MINUTE_MS },
  signInAddress: { name: "sign-in.address", max: 100, windowMs: HOUR_MS },
  signInAccount: { name: "sign-in.account", max: 20, windowMs: HOUR_MS },
  signUpAddress: { name: "sign-up.address", max: 20, windowMs: HOUR_MS },
  signUpEmail: { name: "sign-up.email", max: 3, windowMs: HOUR_MS },
  resetEmail: { name: "reset.email", max: 3, windowMs: HOUR_MS },
  resetAddress: { name: "reset.address", max: 30, windowMs: HOUR_MS },
  verifyUser: { name: "verify.user", max: 3, windowMs: HOUR_MS },
  /** Guessing links: each try costs one, right or wrong. */
  linkAddress: { name: "link.address", max: 60, windowMs: HOUR_MS },
  inviteEmail: { name: "invite.email", max: 3, windowMs: HOUR_MS },
  inviteWorkspace: { name: "invite.workspace", max: 60, windowMs: HOUR_MS },
  /** Proving the current password again, inside a session. */
  currentPassword: { name: "current-password", max: 10, windowMs: HOUR_MS },
} as const satisfies Record<string, Limit>;
