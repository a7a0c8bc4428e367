import type { InngestFunction } from "inngest";
import { closePeriods } from "./functions/close-periods";
import { countUsage } from "./functions/count-usage";
import { deliverWebhooks } from "./functions/deliver-webhooks";
import { dunInvoices } from "./functions/dun-invoices";
import { endCancelledIngestion, ingestDocument } from "./functions/ingest-document";
import { processStripe } from "./functions/process-stripe";
import { purgeExpired } from "./functions/purge-expired";
import { reconcile } from "./functions/reconcile";
import { remindApproversFunction } from "./functions/remind-approvers";
import { runBatch } from "./functions/run-batch";
import { runExecution } from "./functions/run-execution";
import { runScheduleTick } from "./functions/run-tick";
import { sendMail } from "./functions/send-mail";
import { draftPayoutsDaily, sendApprovedPayout, sweepOpenPayouts } from "./functions/send-payouts";
import { startScheduled } from "./functions/start-scheduled";
import { sweepDocuments } from "./functions/sweep-documents";
import { askAtNewPrices, sweepMoney, wakePaidRuns } from "./functions/sweep-money";
import { sweepRuns } from "./functions/sweep-runs";
import { sweepStripe } from "./functions/sweep-stripe";
import { sweepWebhooks } from "./functions/sweep-webhooks";
import { tellHandovers } from "./functions/tell-handovers";
import { topUp } from "./functions/top-up";
import { wakeDueSteps } from "./functions/wake-step";

/** Every durable function of the product: what is not in this list never runs. */
export const functions: InngestFunction.Any[] = [
  ingestDocument,
  endCancelledIngestion,
  sendMail,
  purgeExpired,
  sweepDocuments,
  runExecution,
  runBatch,
  sweepRuns,
  wakeDueSteps,
  closePeriods,
  countUsage,
  startScheduled,
  runScheduleTick,
  deliverWebhooks,
  dunInvoices,
  sweepWebhooks,
  remindApproversFunction,
  reconcile,
  processStripe,
  sweepStripe,
  topUp,
  sweepMoney,
  wakePaidRuns,
  askAtNewPrices,
  draftPayoutsDaily,
  sendApprovedPayout,
  sweepOpenPayouts,
  tellHandovers,
];
