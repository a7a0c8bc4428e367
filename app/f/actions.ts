"use server";

import { publicAction } from "@/lib/action";
import { submitForm } from "@/lib/triggers/commands/submit-form";
import { submitFormInput } from "@/lib/triggers/input";

export const submitFormAction = publicAction(submitFormInput, submitForm);
