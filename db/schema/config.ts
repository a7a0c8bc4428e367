import { boolean, integer, pgTable, text, uuid, varchar } from "drizzle-orm/pg-core";
import { createdAt, id, updatedAt } from "./columns";

export const aiModels = pgTable("ai_models", {
  id: id(),
  modelKey: varchar("model_key").notNull().unique(),
  modelName: varchar("model_name").notNull(),
  /** openai | openai_compatible | internal */
  provider: varchar("provider").notNull(),
  /** text | embedding */
  modelType: varchar("model_type").notNull(),
  isActive: boolean("is_active").default(true),
  description: text("description"),
  /** The name the provider knows it by, where it differs from our key. */
  providerModel: varchar("provider_model"),
  contextTokens: integer("context_tokens"),
  maxOutputTokens: integer("max_output_tokens"),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** Platform-wide settings. Encrypted values are sealed for their key and never leave the server. */
export const systemConfigs = pgTable("system_configs", {
  id: id(),
  key: varchar("key").notNull().unique(),
  value: text("value").notNull(),
  isEncrypted: boolean("is_encrypted").default(true),
  description: varchar("description"),
  /** Last four characters of a sealed value, for people to recognise it. */
  lastFour: varchar("last_four"),
  updatedBy: uuid("updated_by"),
  updatedAt: updatedAt(),
});

/** How much a tenant of a plan may run at once, have waiting, and start a minute. A subscription may say otherwise. */
export const planLimits = pgTable("plan_limits", {
  planName: varchar("plan_name").primaryKey(),
  maxRunning: integer("max_running").notNull(),
  maxQueued: integer("max_queued").notNull(),
  /** Null: as many as it likes. */
  startsPerMinute: integer("starts_per_minute"),
  updatedAt: updatedAt(),
});
