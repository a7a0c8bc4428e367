"use client";

import NextLink from "next/link";
import type { ComponentProps } from "react";
import { noteAsked } from "@/components/ui/on-the-way";
import { askToLeave, hasUnsaved } from "@/components/ui/unsaved-store";

/**
 * A link within the product. Nothing of its page is fetched before it is followed: every page is made for who asks, so
 * that a fetch ahead brings nothing that can be shown, while a page has thirty links or more that would each ask twice.
 * With changes that are not saved it asks first.
 */
export function Link(props: Omit<ComponentProps<typeof NextLink>, "href" | "onNavigate"> & { href: string }) {
  const { href } = props;
  return (
    <NextLink
      prefetch={false}
      {...props}
      onNavigate={(event) => {
        const isHere = new URL(href, location.href).pathname === location.pathname;
        if (isHere) return;
        if (hasUnsaved()) {
          event.preventDefault();
          askToLeave((push) => push(href));
        } else noteAsked();
      }}
    />
  );
}
