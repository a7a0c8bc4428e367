import { redirect } from "next/navigation";
import { requireSession } from "@/lib/auth/scope";
import { homeOf } from "@/lib/auth/sign-in";

/** Leads a person who just signed in to their own console. */
export default async function StartPage() {
  redirect(homeOf(await requireSession()));
}
