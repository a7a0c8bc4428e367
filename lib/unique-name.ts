import { isUniqueViolation } from "@/db/access";
import { AppError } from "@/lib/errors";

/**
 * Turns the database's refusal of a taken name into one beside the field.
 * @param index the unique index that holds the names
 * @param what is called so: `Another agent has this name.`
 * @throws AppError `conflict`, reason `name_taken`
 */
export async function nameGuarded<T>(index: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUniqueViolation(error, index)) throw error;
    const message = `Another ${what} has this name.`;
    throw new AppError("conflict", message, {
      fields: { name: [message] },
      reason: "name_taken",
      cause: error,
    });
  }
}
