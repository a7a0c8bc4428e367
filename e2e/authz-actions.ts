import { API_SCOPES } from "@/lib/auth/permissions";
import type { ActionRow, Audience, Victim } from "./authz-matrix";

const PASSWORD = "quiet harbour lantern";
const EMAIL = "intruder@example.com";
const TOKEN = "A".repeat(43);
const REASON = "an attack that must fail";
const JOB_RUN = "01970000-0000-7000-8000-000000000000";
const GRAPH = { version: 1, nodes: [], edges: [] };
const PLAN_FIELDS = {
  name: "Intruder",
  allowance: "1000",
  trialDays: "365",
  trialAllowance: "1000",
  position: "0",
  isPublic: "on",
};
const nothing = () => ({});

function agentFields({ modelKey }: Victim) {
  return { name: "Intruder", role: "Intrude.", llmConfig: { modelKey } };
}

const action = (audience: Audience, input: ActionRow["input"]): ActionRow => ({ for: audience, input });
const reaching = (audience: Audience, input: ActionRow["input"]): ActionRow => ({
  ...action(audience, input),
  reaches: true,
});

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
  setAgentActiveAction: reaching("member", ({ agentId }) => ({ agentId, isActive: false })),
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

  cancelRunsAction: reaching("member", ({ executionId }) => ({ executionIds: [executionId] })),
  replayRunsAction: reaching("member", ({ executionId }) => ({ executionIds: [executionId] })),
  resumeRunsAction: reaching("member", ({ executionId }) => ({ executionIds: [executionId] })),
  cancelRunAction: reaching("member", ({ executionId }) => ({ executionId })),
  resumeRunAction: reaching("member", ({ executionId }) => ({ executionId })),
  previewResumeAction: reaching("member", ({ executionId }) => ({ executionId })),
  replayFormAction: reaching("member", ({ executionId }) => ({ executionId })),
  replayRunAction: reaching("member", ({ executionId }) => ({ executionId, input: {} })),
  runNodesAction: reaching("member", ({ workflowId }) => ({ workflowId, nodeId: "input", scope: "node" })),
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

  extendCapAction: action("tenantAdmin", () => ({ capId: JOB_RUN, extra: "5" })),
  removeCapAction: action("tenantAdmin", () => ({ capId: JOB_RUN })),
  setCapAction: reaching("tenantAdmin", ({ agentId }) => ({
    scope: "agent",
    agentId,
    period: "day",
    amount: "5",
  })),
  payInvoiceAction: reaching("tenantAdmin", ({ invoiceId }) => ({ invoiceId, requestKey: JOB_RUN })),
  saveBillingDetailsAction: action("tenantAdmin", () => ({ legalName: "Intruder Inc.", address: {} })),
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
  deleteWorkflowAction: {
    ...reaching("tenantAdmin", ({ workflowId }) => ({ workflowId })),
  },
  estimateRunAction: reaching("member", ({ workflowId }) => ({ workflowId, useDraft: true })),
  duplicateWorkflowAction: reaching("member", ({ workflowId }) => ({ workflowId })),
  loadDraftAction: reaching("member", ({ workflowId }) => ({ workflowId })),
  publishWorkflowAction: reaching("member", ({ workflowId }) => ({ workflowId, revision: 1 })),
  renameWorkflowAction: reaching("member", ({ workflowId }) => ({ workflowId, name: "Intruder" })),
  restoreVersionAction: reaching("member", ({ workflowId, versionId }) => ({ workflowId, versionId })),
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
    settings: { title: "Intruder" },
  })),
  deleteTriggerAction: reaching("member", ({ triggerId }) => ({ triggerId })),
  mapWebhookAction: reaching("member", ({ triggerId }) => ({ triggerId })),
  rotateSecretAction: reaching("member", ({ triggerId }) => ({ triggerId, secret: "address" })),
  setListeningAction: reaching("member", ({ triggerId }) => ({ triggerId, isListening: true })),
  setTriggerActiveAction: reaching("member", ({ triggerId }) => ({ triggerId, isActive: false })),
  payHostedAction: action("visitor", () => ({ token: TOKEN, requestKey: JOB_RUN })),
  refreshHostedAction: action("visitor", () => ({ token: TOKEN, paymentId: JOB_RUN })),
  submitFormAction: action("visitor", () => ({ token: TOKEN, submission: TOKEN })),
  updateTriggerAction: reaching("member", ({ triggerId }) => ({
    kind: "webhook",
    triggerId,
    name: "Intruder",
    settings: {},
  })),

  createCustomerAction: action("partner", () => ({ name: "Intruder", adminEmail: EMAIL })),
  inviteCustomerAdminAction: reaching("partner", ({ tenantId }) => ({ tenantId, email: EMAIL })),
  reactivateCustomerAction: reaching("partner", ({ tenantId }) => ({ tenantId })),
  renameCustomerAction: reaching("partner", ({ tenantId }) => ({ tenantId, name: "Intruder Inc." })),
  grantCustomerPromoAction: reaching("partner", ({ tenantId }) => ({
    tenantId,
    amount: "5",
    reason: REASON,
    requestKey: JOB_RUN,
  })),
  suspendCustomerAction: reaching("partner", ({ tenantId }) => ({ tenantId, reason: REASON })),
  setPartnerRateAction: action("partner", ({ systemRateId }) => ({ systemRateId, rate: "900" })),
  saveBrandingAction: action("partner", () => ({ displayName: "Intruder" })),
  refreshAccountAction: action("partner", nothing),
  setPayoutMinimumAction: action("partner", () => ({ minimum: "10" })),
  startOnboardingAction: action("partner", nothing),
  withdrawPartnerRateAction: action("partner", () => ({ rateId: JOB_RUN })),
  invitePartnerMemberAction: action("partner", () => ({ email: EMAIL })),
  removePartnerMemberAction: reaching("partner", ({ userId }) => ({ userId })),

  clearConfigAction: action("appAdmin", () => ({ key: "knowledge.embedding_model" })),
  setConfigAction: action("appAdmin", () => ({ key: "openai.api_key", value: "sk-intruder-intruder" })),
  closePeriodAction: action("appAdmin", () => ({ month: "2026-01" })),
  recordPaymentAction: reaching("appAdmin", ({ invoiceId }) => ({
    invoiceId,
    method: "bank_transfer",
    reference: "Intruder",
  })),
  refundTopupAction: action("appAdmin", () => ({
    topupId: JOB_RUN,
    amount: "5",
    reason: REASON,
    requestKey: JOB_RUN,
  })),
  retryStripeEventAction: action("appAdmin", () => ({ eventId: "evt_intruder" })),
  voidInvoiceAction: reaching("appAdmin", ({ invoiceId }) => ({
    invoiceId,
    reason: REASON,
    rebill: "false",
  })),
  issueCreditNoteAction: reaching("appAdmin", ({ invoiceId }) => ({
    invoiceId,
    reason: REASON,
    refund: "credit",
    description: "Intruder",
    amount: "1",
  })),
  adjustCommissionAction: reaching("appAdmin", ({ partnerId }) => ({
    partnerId,
    requestKey: JOB_RUN,
    amount: "100",
    reason: REASON,
  })),
  approvePayoutAction: reaching("appAdmin", ({ payoutId }) => ({ payoutId })),
  cancelPayoutAction: reaching("appAdmin", ({ payoutId }) => ({ payoutId, reason: REASON })),
  draftPayoutsAction: action("appAdmin", nothing),
  recordPayoutAction: reaching("appAdmin", ({ payoutId }) => ({
    payoutId,
    method: "bank_transfer",
    reference: "Intruder",
  })),
  saveModelAction: action("appAdmin", ({ modelKey }) => ({
    modelKey,
    modelName: "Intruder",
    provider: "internal",
    modelType: "text",
  })),
  setModelActiveAction: action("appAdmin", ({ modelKey }) => ({ modelKey, isActive: false })),
  createPartnerAction: action("appAdmin", () => ({ name: "Intruder", adminEmail: EMAIL })),
  setPartnerStatusAction: reaching("appAdmin", ({ partnerId }) => ({
    partnerId,
    status: "suspended",
    reason: REASON,
  })),
  setSystemRateAction: action("appAdmin", ({ modelKey }) => ({
    resourceType: "text_tokens_input",
    modelKey,
    rate: "0",
  })),
  withdrawSystemRateAction: action("appAdmin", () => ({ rateId: JOB_RUN })),
  cancelJobAction: action("appAdmin", () => ({ runId: JOB_RUN })),
  pauseJobAction: action("appAdmin", () => ({ functionId: "hirebuddha-send-mail" })),
  purgeJobsAction: action("appAdmin", nothing),
  resumeJobAction: action("appAdmin", () => ({ functionId: "hirebuddha-send-mail" })),
  retryJobAction: action("appAdmin", () => ({ runId: JOB_RUN })),
  reverseEntryAction: action("appAdmin", () => ({ entryId: JOB_RUN, reason: REASON })),
  adjustEntryAction: action("appAdmin", () => ({
    entryId: JOB_RUN,
    amount: "1",
    reason: REASON,
    requestKey: JOB_RUN,
  })),
  requestReconciliationAction: action("appAdmin", nothing),
  decideFindingAction: action("appAdmin", () => ({
    findingId: JOB_RUN,
    decision: "dismissed",
    note: REASON,
  })),
  leaveViewAsAction: action("appAdmin", nothing),
  reactivateTenantAction: reaching("appAdmin", ({ tenantId }) => ({ tenantId })),
  startViewAsAction: reaching("appAdmin", ({ tenantId }) => ({ tenantId, reason: REASON })),
  createPlanAction: action("appAdmin", () => ({ ...PLAN_FIELDS, key: "intruder" })),
  setTaxRateAction: action("appAdmin", () => ({ country: "*", name: "Intruder", percent: "100" })),
  setPlanPriceAction: action("appAdmin", () => ({
    planId: JOB_RUN,
    billingCycle: "monthly",
    amount: "0",
  })),
  updatePlanAction: action("appAdmin", () => ({ ...PLAN_FIELDS, planId: JOB_RUN })),
  setPlanLimitsAction: action("appAdmin", () => ({ planName: "intruder", maxRunning: 1, maxQueued: 1 })),
  setTenantLimitsAction: reaching("appAdmin", ({ tenantId }) => ({ tenantId, maxRunning: 1 })),
  grantPromoAction: reaching("appAdmin", ({ tenantId }) => ({
    tenantId,
    amount: "5",
    reason: REASON,
    requestKey: JOB_RUN,
  })),
  setWalletTermsAction: reaching("appAdmin", ({ tenantId }) => ({
    tenantId,
    mode: "postpaid",
    creditLimit: "1000000",
    reason: REASON,
  })),
  suspendTenantAction: reaching("appAdmin", ({ tenantId }) => ({ tenantId, reason: REASON })),
  setUserActiveAction: reaching("appAdmin", ({ userId }) => ({ userId, isActive: false, reason: REASON })),
};
