// Where one is: /, /agents, /approvals/ID. After a move the page's heading has the focus, so that a screen reader
// says where it is and Tab goes on from there.
import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

export const path = signal(location.pathname);
let moved = false;

addEventListener("popstate", () => {
  moved = true;
  path.value = location.pathname;
});

export function go(to: string): void {
  if (to === path.value) return;
  history.pushState(null, "", to);
  moved = true;
  path.value = to;
  scrollTo(0, 0);
}

interface LinkProps {
  href: string;
  children: ComponentChildren;
  class?: string;
  "aria-current"?: "page";
}

export function Link({ href, children, ...rest }: LinkProps): JSX.Element {
  const onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} onClick={onClick} {...rest}>
      {children}
    </a>
  );
}

export function Heading({ children, title }: { children: ComponentChildren; title: string }): JSX.Element {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Sluice`;
    if (moved) ref.current?.focus();
  }, [title]);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}
