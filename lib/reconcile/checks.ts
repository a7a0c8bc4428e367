import type { ReconcileCheck } from "./check";
import { books } from "./checks/books";
import { cachedBalances } from "./checks/cached-balances";
import { countedUsage } from "./checks/counted-usage";
import { lowHolds } from "./checks/low-holds";
import { missingEvents } from "./checks/missing-events";
import { numbers } from "./checks/numbers";
import { openPayments } from "./checks/open-payments";
import { paidSums } from "./checks/paid-sums";
import { savedCards } from "./checks/saved-cards";
import { sharedCustomers } from "./checks/shared-customers";
import { staleHolds } from "./checks/stale-holds";
import { transfers } from "./checks/transfers";
import { unansweredRequests } from "./checks/unanswered-requests";
import { unbilledRuns } from "./checks/unbilled-runs";

/** Everything that is compared, in its order. */
export const RECONCILE_CHECKS: readonly ReconcileCheck[] = [
  books,
  unbilledRuns,
  staleHolds,
  missingEvents,
  openPayments,
  paidSums,
  savedCards,
  transfers,
  numbers,
  sharedCustomers,
  unansweredRequests,
  cachedBalances,
  lowHolds,
  countedUsage,
];
