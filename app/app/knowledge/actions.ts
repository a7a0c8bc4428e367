"use server";

import { tenantAction } from "@/lib/action";
import { deleteDocument, retryDocument } from "@/lib/knowledge/commands/manage";
import { documentIdInput, questionForm } from "@/lib/knowledge/input";
import { tryQuestion } from "@/lib/knowledge/try-question";

export const deleteDocumentAction = tenantAction(documentIdInput, deleteDocument);
export const retryDocumentAction = tenantAction(documentIdInput, retryDocument);
export const tryQuestionAction = tenantAction(questionForm, tryQuestion);
