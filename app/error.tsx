"use client";

export { ErrorPage as default } from "@/components/shared/error-page";
