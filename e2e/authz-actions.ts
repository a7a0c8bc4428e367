import { API_SCOPES } from "@/lib/auth/permissions";
import { writeWorkflowFile } from "@/lib/workflows/file";
import { EMPTY_GRAPH } from "@/lib/workflows/graph";
import {
  action,
  agentFields,
  EMAIL,
  GRAPH,
  JOB_RUN,
  nothing,
  PASSWORD,
  reaching,
  TOKEN,
} from "./authz-attacks";
import type { ActionRow } from "./authz-matrix";
import { OPERATOR_ACTIONS } from "./authz-operator-actions";

/** Every server action, by its exported name. */
export const ACTIONS: Readonly<Record<string, ActionRow>> = {
  forgotPasswordAction: action("visitor", () => ({ email: EMAIL })),
  acceptInvitationAction: action("visitor", () => ({
    token: TOKEN,
    fullName: "Intruder",
    password: PASSWORD,
  })),
  resetPasswordAction: action("visitor", () => ({ token: TOKEN, password: PASSWORD })),
  signInAction: action("visitor", () => ({ email: EMAIL, password: PASSWORD })),
  signInWithProviderAction: action("visitor", () => ({ provider: "google" })),
  signOutAction: action("visitor", nothing),
  signUpAction: action("visitor", () => ({
    fullName: "",
    workspaceName: "",
    email: EMAIL,
    password: "short",
  })),
  verifyEmailAction: action("visitor", () => ({ token: TOKEN })),
  resendVerificationAction: action("session", nothing),

  changePasswordAction: action("session", () => ({ currentPassword: PASSWORD, password: PASSWORD })),
  linkProviderAction: action("session", () => ({ provider: "google" })),
  renameSelfAction: action("session", () => ({ fullName: "Intruder" })),
  revokeSessionAction: reaching("session", ({ sessionId }) => ({ sessionId })),
  signOutEverywhereAction: action("session", nothing),
  signOutOthersAction: action("session", nothing),

  createAgentAction: action("member", agentFields),
  duplicateAgentAction: reaching("member", ({ agentId }) => ({ agentId })),
  restoreAgentAction: reaching("member", ({ agentId, agentVersionId }) => ({
    agentId,
    versionId: agentVersionId,
  })),
  setAgentActiveAction: reaching("member", ({ agentId }) => ({ agentId, isActive: false })),
  workflowsAskingAction: reaching("member", ({ agentId }) => ({ agentId })),
  updateAgentAction: reaching("member", (victim) => ({
    ...agentFields(victim),
    agentId: victim.agentId,
    version: 1,
  })),

  createApiKeyAction: action("tenantAdmin", () => ({
    name: "Intruder",
    scopes: [...API_SCOPES],
    expiry: "never",
  })),
  revokeApiKeyAction: reaching("tenantAdmin", ({ keyId }) => ({ keyId })),

  deleteDocumentAction: reaching("member", ({ documentId }) => ({ documentId })),
  retryDocumentAction: reaching("member", ({ documentId }) => ({ documentId })),
  tryQuestionAction: reaching("member", ({ agentId }) => ({ query: "What is the refund?", agentId })),
  findDocumentsAction: action("member", () => ({ text: "refund" })),

  cancelRunsAction: reaching("member", ({ executionId }) => ({ executionIds: [executionId] })),
  replayRunsAction: reaching("member", ({ executionId }) => ({ executionIds: [executionId] })),
  resumeRunsAction: reaching("member", ({ executionId }) => ({ executionIds: [executionId] })),
  previewBatchAction: action("member", () => ({ filter: {} })),
  startBatchAction: action("member", ({ executionId }) => ({
    verb: "cancel",
    filter: {},
    upTo: executionId,
    requestKey: JOB_RUN,
  })),
  stopBatchAction: reaching("member", ({ batchId }) => ({ batchId })),
  cancelRunAction: reaching("member", ({ executionId }) => ({ executionId })),
  resumeRunAction: reaching("member", ({ executionId }) => ({ executionId })),
  previewResumeAction: reaching("member", ({ executionId }) => ({ executionId })),
  replayFormAction: reaching("member", ({ executionId }) => ({ executionId })),
  replayRunAction: reaching("member", ({ executionId }) => ({ executionId, input: {} })),
  runNodesAction: reaching("member", ({ workflowId }) => ({ workflowId, nodeId: "input", scope: "node" })),
  runQuestionsAction: reaching("member", ({ executionId }) => ({ executionId })),
  runStepAction: reaching("member", ({ executionId }) => ({ executionId, nodeId: "input" })),
  startWorkflowRunAction: reaching("member", ({ workflowId }) => ({
    workflowId,
    input: { customer: "Ada", question: "What is the refund?" },
  })),

  answerApprovalAction: reaching("member", ({ approvalId }) => ({ approvalId, decision: "approved" })),

  markAllNotificationsAction: action("member", nothing),
  // Notifications are a person's own: no id but one's own leads anywhere.
  markNotificationAction: reaching("member", ({ userId }) => ({ notificationId: userId })),
  savePreferencesAction: action("member", () => ({ run_failed: { byMail: "on" } })),

  createEndpointAction: action("tenantAdmin", () => ({
    url: "https://intruder.example/hook",
    kinds: ["run_failed"],
  })),
  deleteEndpointAction: reaching("tenantAdmin", ({ endpointId }) => ({ endpointId })),
  resendMessageAction: reaching("tenantAdmin", ({ deliveryId }) => ({ deliveryId })),
  rotateEndpointSecretAction: reaching("tenantAdmin", ({ endpointId }) => ({ endpointId })),
  sendTestMessageAction: reaching("tenantAdmin", ({ endpointId }) => ({ endpointId })),
  setEndpointActiveAction: reaching("tenantAdmin", ({ endpointId }) => ({ endpointId, isActive: false })),
  updateEndpointAction: reaching("tenantAdmin", ({ endpointId }) => ({
    endpointId,
    url: "https://intruder.example/hook",
    kinds: ["run_failed"],
  })),

  createCredentialAction: action("tenantAdmin", () => ({
    name: "Intruder",
    headerName: "Authorization",
    hosts: ["intruder.example"],
    value: "Bearer intruder",
  })),
  deleteCredentialAction: reaching("tenantAdmin", ({ credentialId }) => ({ credentialId })),
  signingInAction: reaching("tenantAdmin", ({ credentialId }) => ({ credentialId })),
  updateCredentialAction: reaching("tenantAdmin", ({ credentialId }) => ({
    credentialId,
    name: "Intruder",
    headerName: "Authorization",
    hosts: ["intruder.example"],
    value: "Bearer intruder",
  })),

  continueTopupAction: action("tenantAdmin", () => ({ topupId: JOB_RUN })),
  extendCapAction: action("tenantAdmin", () => ({ capId: JOB_RUN, extra: "5" })),
  removeCapAction: action("tenantAdmin", () => ({ capId: JOB_RUN })),
  setLowBalanceAction: action("tenantAdmin", () => ({ amount: "5" })),
  setCapAction: reaching("tenantAdmin", ({ agentId }) => ({
    scope: "agent",
    agentId,
    period: "day",
    amount: "5",
  })),
  payInvoiceAction: reaching("tenantAdmin", ({ invoiceId }) => ({ invoiceId, requestKey: JOB_RUN })),
  saveBillingDetailsAction: action("tenantAdmin", () => ({ legalName: "Intruder Inc.", address: {} })),
  cancelTransferAction: action("tenantAdmin", () => ({ topupId: JOB_RUN })),
  orderTransferAction: action("tenantAdmin", () => ({ amount: "50", requestKey: JOB_RUN })),
  cancelPlanAction: action("tenantAdmin", () => ({ requestKey: JOB_RUN })),
  changePlanAction: action("tenantAdmin", () => ({
    planId: JOB_RUN,
    cycle: "monthly",
    requestKey: JOB_RUN,
    shownCents: "0",
  })),
  previewPlanAction: action("tenantAdmin", () => ({ planId: JOB_RUN, cycle: "monthly" })),
  resumePlanAction: action("tenantAdmin", () => ({ requestKey: JOB_RUN })),
  refreshPaymentAction: action("tenantAdmin", () => ({ paymentId: JOB_RUN })),
  refreshSetupAction: action("tenantAdmin", () => ({ setupIntentId: "seti_1" })),
  removeMethodAction: action("tenantAdmin", () => ({ methodId: JOB_RUN })),
  saveAutoTopupAction: action("tenantAdmin", () => ({ threshold: "10", amount: "50", monthlyMax: "120" })),
  setDefaultMethodAction: action("tenantAdmin", () => ({ methodId: JOB_RUN, requestKey: JOB_RUN })),
  startSetupAction: action("tenantAdmin", () => ({ requestKey: JOB_RUN })),
  startTopupAction: action("tenantAdmin", () => ({ amount: "50", requestKey: JOB_RUN })),

  renameWorkspaceAction: action("tenantAdmin", () => ({ name: "Intruder Inc." })),

  activateMemberAction: reaching("tenantAdmin", ({ userId }) => ({ userId })),
  changeRoleAction: reaching("tenantAdmin", ({ userId }) => ({ userId, role: "tenant_admin" })),
  deactivateMemberAction: reaching("tenantAdmin", ({ userId }) => ({ userId })),
  inviteMemberAction: action("tenantAdmin", () => ({ email: EMAIL, role: "tenant_admin" })),
  resendInvitationAction: reaching("tenantAdmin", ({ invitationId }) => ({ invitationId })),
  revokeInvitationAction: reaching("tenantAdmin", ({ invitationId }) => ({ invitationId })),

  createWorkflowAction: action("member", () => ({ name: "Intruder", template: "blank" })),
  calledVersionAction: reaching("member", ({ workflowId, versionId }) => ({ workflowId, versionId })),
  callersAction: reaching("member", ({ workflowId }) => ({ workflowId })),
  callersToFollowAction: reaching("member", ({ workflowId }) => ({ workflowId, inputs: [], outputs: [] })),
  deleteWorkflowAction: {
    ...reaching("tenantAdmin", ({ workflowId }) => ({ workflowId })),
  },
  estimateRunAction: reaching("member", ({ workflowId }) => ({ workflowId, useDraft: true })),
  importWorkflowAction: action("member", () => ({
    name: "Intruder",
    file: writeWorkflowFile({
      ...{ name: "Intruder", description: "", graph: EMPTY_GRAPH },
      uses: { agents: {}, workflows: {}, documents: {}, credentials: {} },
    }),
  })),
  duplicateWorkflowAction: reaching("member", ({ workflowId }) => ({ workflowId })),
  loadDraftAction: reaching("member", ({ workflowId }) => ({ workflowId })),
  publishWorkflowAction: reaching("member", ({ workflowId }) => ({ workflowId, revision: 1 })),
  renameWorkflowAction: reaching("member", ({ workflowId }) => ({ workflowId, name: "Intruder" })),
  restoreVersionAction: reaching("member", ({ workflowId, versionId }) => ({
    workflowId,
    versionId,
    revision: 1,
  })),
  saveDraftAction: reaching("member", ({ workflowId }) => ({
    workflowId,
    revision: 1,
    graph: GRAPH,
    isAutosave: true,
  })),
  setWorkflowActiveAction: reaching("member", ({ workflowId }) => ({ workflowId, isActive: false })),

  createTriggerAction: reaching("member", ({ workflowId }) => ({
    kind: "form",
    workflowId,
    name: "Intruder",
    settings: { title: "Intruder", access: "members" },
  })),
  deleteTriggerAction: reaching("member", ({ triggerId }) => ({ triggerId })),
  mapWebhookAction: reaching("member", ({ triggerId }) => ({ triggerId })),
  rotateSecretAction: reaching("member", ({ triggerId }) => ({ triggerId, secret: "address" })),
  setListeningAction: reaching("member", ({ triggerId }) => ({ triggerId, isListening: true })),
  setTriggerActiveAction: reaching("member", ({ triggerId }) => ({ triggerId, isActive: false })),
  triggersToFollowAction: reaching("member", ({ workflowId }) => ({ workflowId, fields: [] })),
  payHostedAction: action("visitor", () => ({ token: TOKEN, requestKey: JOB_RUN })),
  refreshHostedAction: action("visitor", () => ({ token: TOKEN, paymentId: JOB_RUN })),
  submitFormAction: action("visitor", () => ({ token: TOKEN, submission: TOKEN })),
  updateTriggerAction: reaching("member", ({ triggerId }) => ({
    kind: "webhook",
    triggerId,
    name: "Intruder",
    settings: {},
  })),
  ...OPERATOR_ACTIONS,
};
