import type { Operation } from "./operation";
import { getAgentOperation, listAgentsOperation, runAgentOperation } from "./operations/agents";
import {
  answerApprovalOperation,
  getApprovalOperation,
  listApprovalsOperation,
} from "./operations/approvals";
import {
  cancelBatchOperation,
  getBatchOperation,
  listBatchItemsOperation,
  replayBatchOperation,
  resumeBatchOperation,
  stopBatchOperation,
} from "./operations/batches";
import {
  extendCapOperation,
  listCapsOperation,
  removeCapOperation,
  setCapOperation,
} from "./operations/caps";
import { getBalanceOperation, getSpendOperation } from "./operations/credit";
import {
  getCreditNoteOperation,
  getCreditNotePdfOperation,
  listCreditNotesOperation,
} from "./operations/credit-notes";
import {
  deleteDocumentOperation,
  getDocumentOperation,
  listDocumentsOperation,
  retryDocumentOperation,
  searchOperation,
  uploadOperation,
} from "./operations/documents";
import { estimateAgentOperation, estimateWorkflowOperation } from "./operations/estimates";
import {
  cancelExecutionOperation,
  cancelExecutionsOperation,
  getExecutionOperation,
  getStepOperation,
  listExecutionsOperation,
  replayExecutionOperation,
  resumeExecutionOperation,
  resumeExecutionsOperation,
  streamExecutionOperation,
} from "./operations/executions";
import { getInvoiceOperation, getInvoicePdfOperation, listInvoicesOperation } from "./operations/invoices";
import { listPlansOperation } from "./operations/plans";
import { listStepPartsOperation } from "./operations/step-parts";
import {
  cancelPlanOperation,
  changePlanOperation,
  getSubscriptionOperation,
  previewChangeOperation,
  resumePlanOperation,
} from "./operations/subscription";
import { createTopUpOperation, getTopUpOperation, listTopUpsOperation } from "./operations/topups";
import { getUsageOperation } from "./operations/usage";
import { diffVersionsOperation, listVersionsOperation } from "./operations/versions";
import { getWorkflowOperation, listWorkflowsOperation, runWorkflowOperation } from "./operations/workflows";

/** Everything `/api/v1` can do, in the order of the reference. */
export const OPERATIONS: readonly Operation[] = [
  uploadOperation,
  listDocumentsOperation,
  getDocumentOperation,
  searchOperation,
  retryDocumentOperation,
  deleteDocumentOperation,
  listAgentsOperation,
  getAgentOperation,
  estimateAgentOperation,
  runAgentOperation,
  listWorkflowsOperation,
  getWorkflowOperation,
  estimateWorkflowOperation,
  runWorkflowOperation,
  listVersionsOperation,
  diffVersionsOperation,
  listExecutionsOperation,
  getExecutionOperation,
  getStepOperation,
  listStepPartsOperation,
  streamExecutionOperation,
  cancelExecutionOperation,
  resumeExecutionOperation,
  replayExecutionOperation,
  cancelExecutionsOperation,
  resumeExecutionsOperation,
  cancelBatchOperation,
  resumeBatchOperation,
  replayBatchOperation,
  getBatchOperation,
  listBatchItemsOperation,
  stopBatchOperation,
  listApprovalsOperation,
  getApprovalOperation,
  answerApprovalOperation,
  getUsageOperation,
  getSpendOperation,
  listInvoicesOperation,
  getInvoiceOperation,
  getInvoicePdfOperation,
  listCreditNotesOperation,
  getCreditNoteOperation,
  getCreditNotePdfOperation,
  listPlansOperation,
  getSubscriptionOperation,
  previewChangeOperation,
  changePlanOperation,
  cancelPlanOperation,
  resumePlanOperation,
  getBalanceOperation,
  createTopUpOperation,
  listTopUpsOperation,
  getTopUpOperation,
  listCapsOperation,
  setCapOperation,
  extendCapOperation,
  removeCapOperation,
];
