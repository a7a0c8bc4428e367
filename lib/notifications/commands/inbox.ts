import "server-only";
import { and, eq, isNull, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { notificationPreferences, notifications } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { PreferencesInput, ReadNotificationInput } from "../input";
import { channelsFor, NOTICE_KINDS, type NoticeKind } from "../kinds";
import { isOwn, personOf } from "../person";

/** Marks one of the person's own notifications as read, or as unread again. @throws AppError `not_found` */
export async function markNotification(scope: TenantScope, input: ReadNotificationInput): Promise<void> {
  authorize(scope, "notification.update");
  const [marked] = await asTenant(scope, (tx) =>
    tx
      .update(notifications)
      .set({ readAt: input.isRead ? sql`coalesce(${notifications.readAt}, now())` : null })
      .where(and(isOwn(scope), eq(notifications.id, input.notificationId)))
      .returning({ id: notifications.id }),
  );
  if (!marked) throw new AppError("not_found", "This notification does not exist.");
}

/** Marks all of the person's own notifications as read. */
export async function markAllNotifications(scope: TenantScope): Promise<void> {
  authorize(scope, "notification.update");
  await asTenant(scope, (tx) =>
    tx
      .update(notifications)
      .set({ readAt: sql`now()` })
      .where(and(isOwn(scope), isNull(notifications.readAt))),
  );
}

/** Sets what the person changes of how they hear of each kind. @throws AppError `forbidden` for a visitor of the workspace */
export async function savePreferences(scope: TenantScope, input: PreferencesInput): Promise<void> {
  authorize(scope, "notification.update");
  if (scope.actor.kind === "user" && scope.actor.impersonatorId) {
    throw new AppError("forbidden", "You are visiting this workspace: nothing of it is told to you.");
  }
  const userId = personOf(scope);
  await asTenant(scope, async (tx) => {
    for (const kind of NOTICE_KINDS) {
      const changed = input[kind];
      if (changed) await changeChannels(tx, { tenantId: scope.tenantId, userId, kind }, changed);
    }
    await audit(tx, scope, {
      action: "notification.preferences",
      targetType: "user",
      targetId: userId,
      after: { ...input },
    });
  });
}

type Place = { tenantId: string; userId: string; kind: NoticeKind };

/** The channel that is not named keeps what was chosen for it, or its default. */
async function changeChannels(
  tx: Tx,
  place: Place,
  { inApp, byMail }: NonNullable<PreferencesInput[NoticeKind]>,
): Promise<void> {
  const before = channelsFor(place.kind, null);
  await tx
    .insert(notificationPreferences)
    .values({ ...place, inApp: inApp ?? before.inApp, byMail: byMail ?? before.byMail })
    .onConflictDoUpdate({
      target: [
        notificationPreferences.tenantId,
        notificationPreferences.userId,
        notificationPreferences.kind,
      ],
      set: {
        ...(inApp === undefined ? {} : { inApp }),
        ...(byMail === undefined ? {} : { byMail }),
        updatedAt: sql`now()`,
      },
    });
}
