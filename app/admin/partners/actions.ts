"use server";

import { adminAction } from "@/lib/action";
import { setPartnerStatus } from "@/lib/admin/commands/partner-status";
import { createPartner } from "@/lib/admin/commands/partners";
import { createPartnerInput, setPartnerStatusInput } from "@/lib/admin/input";

export const createPartnerAction = adminAction(createPartnerInput, createPartner);
export const setPartnerStatusAction = adminAction(setPartnerStatusInput, setPartnerStatus);
