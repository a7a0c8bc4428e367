"use server";

import { tenantAction } from "@/lib/action";
import { findDocuments } from "@/lib/knowledge/choice-queries";
import { deleteDocument, retryDocument } from "@/lib/knowledge/commands/manage";
import { documentIdInput, findDocumentsInput, questionForm } from "@/lib/knowledge/input";
import { tryQuestion } from "@/lib/knowledge/try-question";

export const deleteDocumentAction = tenantAction(documentIdInput, deleteDocument);
export const retryDocumentAction = tenantAction(documentIdInput, retryDocument);
export const tryQuestionAction = tenantAction(questionForm, tryQuestion);
export const findDocumentsAction = tenantAction(findDocumentsInput, findDocuments);
