// Where one is: /, /agents, /passkeys, /approvals/ID, /audit?identity=... After a move the page's heading has the focus, so that a screen reader
// says where it is and Tab goes on from there.
import { batch, signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export const path = signal(location.pathname);
/** What a page is asked for, behind the "?". */
export const query = signal(location.search);
let moved = false;

function arrive(): void {
  moved = true;
  batch(() => {
    path.value = location.pathname;
    query.value = location.search;
  });
}

addEventListener("popstate", arrive);

export function go(to: string): void {
  const at = new URL(to, location.href);
  if (at.pathname === path.value && at.search === query.value) return;
  const isElsewhere = at.pathname !== path.value;
  history.pushState(null, "", at.pathname + at.search);
  arrive();
  if (isElsewhere) scrollTo(0, 0);
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
  }, [title]);
  useLayoutEffect(() => {
    // Once, for a title that counts must not take the focus from where somebody is; before anybody sees the page, for the
    // same reason.
    if (moved) ref.current?.focus();
  }, []);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}
