import NextLink from "next/link";
import type { ComponentProps } from "react";

/**
 * A link within the product. Nothing of its page is fetched before it is followed: every page is made for who asks, so
 * that a fetch ahead brings nothing that can be shown, while a page has thirty links or more that would each ask twice.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />;
}
