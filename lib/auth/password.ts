import "server-only";
import { hash, verify } from "@node-rs/argon2";
import { AppError } from "@/lib/errors";
import { hashToken } from "@/lib/secrets/tokens";

// Argon2id is the library's default. The cost is OWASP's floor: m = 19 MiB, t = 2, p = 1.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const MAX_PARALLEL = 4;
/** Longer queues are an attack: each waiting try would hold memory and a request. */
const MAX_WAITING = 64;

let running = 0;
const waiting: (() => void)[] = [];

/** Each hash takes 19 MiB and a core for some milliseconds: only a few at once, the rest wait their turn. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_PARALLEL) {
    if (waiting.length >= MAX_WAITING)
      throw new AppError("rate_limited", "Too many people sign in right now.");
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** Argon2id, as a PHC string. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, COST));
}

let dummy: Promise<string> | undefined;

/**
 * Whether the password is right. Without a usable stored hash (unknown user, sign-in by Google only) it does the same
 * work and says no, so that the time tells nothing.
 */
export async function isPasswordRight(stored: string | null, password: string): Promise<boolean> {
  if (stored?.startsWith("$argon2")) return inTurn(() => verify(stored, password));
  dummy ??= hashPassword("no account has this password");
  const reference = await dummy;
  await inTurn(() => verify(reference, password));
  return false;
}

/** Names a stored hash without giving it: another password of the same person has another mark. */
export function passwordMark(stored: string): string {
  return hashToken(stored);
}

/** The stored value of an account that has no password. No password ever verifies against it. */
export const NO_PASSWORD = "!";
