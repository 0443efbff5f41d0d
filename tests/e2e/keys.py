"""A person without a mouse in front of the console: Tab, arrows, letters and Enter, and the focus is seen at each stop."""

import time

# What has the focus, how it is called, and what keeps one from seeing that it has it.
HERE = """(() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const box = e.matches('g') ? getComputedStyle(e.querySelector('rect')) : null;
  const ring = box === null ? s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 : parseFloat(box.strokeWidth) >= 4;
  const left = Math.max(r.left, 0), right = Math.min(r.right, innerWidth), top = Math.max(r.top, 0), bottom = Math.min(r.bottom, innerHeight);
  const shown = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].some(([x, y]) => {
    const at = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
    return at !== null && (e.contains(at) || at.contains(e)); });
  const name = e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '';
  const wrong = !e.matches(':focus-visible, input:focus-within') ? 'no :focus-visible' : !ring ? 'no ring' :
    right <= left || bottom <= top ? 'off the screen' : !shown ? 'under something else' : '';
  return [`${e.tagName.toUpperCase()} ${name.trim().replace(/\\s+/g, ' ')}`, wrong];
})()"""


class Keys:
    """Each stop of the focus is looked at; one that nobody can see fails the test."""

    def __init__(self, b):
        self.b, self.stops = b, 0

    def here(self):
        return self.b.eval(js=HERE)[0]

    def seen(self):
        """What has the focus, which must be to be seen."""
        name, wrong = self.b.eval(js=HERE)
        assert wrong == "" or name.startswith("BODY"), f"{name[:100]}: {wrong}"
        self.stops += 1
        return name

    def press(self, *keys):
        for key in keys:
            self.b.press(key=key)

    def to(self, wanted, key="Tab", most=120):
        """Until the focus is on what begins with "TAG name"."""
        passed = []
        for _ in range(most):
            self.b.press(key=key)
            passed.append(self.seen())
            if passed[-1].startswith(wanted):
                return passed[-1]
        raise AssertionError(f"{key} does not reach {wanted!r}: {[p[:40] for p in passed]}")

    def back_to(self, wanted):
        return self.to(wanted, "Shift+Tab")

    def enter(self, wanted, key="Tab"):
        """Goes there and works it."""
        self.to(wanted, key)
        self.b.press(key="Enter")

    def write(self, wanted, text):
        self.to(wanted)
        self.b.type(text=text)

    def page(self, name, heading=None):
        """To another page by the navigation; its heading has the focus then. Nothing, where one is there already."""
        if self.b.count(at=f"nav a[aria-current] >> text='{name}'"):
            return
        self.back_to(f"A {name}")
        self.b.press(key="Enter")
        self.b.wait(at=f"role=heading[name='{heading or name}'][level=1]")
        end = time.monotonic() + 5
        while not self.here().startswith("H1 "):
            assert time.monotonic() < end, f"the focus is on {self.here()} after going to {name}"
            time.sleep(0.05)

    def confirm(self, wanted):
        """In the open question: nothing happens by one more key; then its last button, when that rests no more."""
        self.b.wait(at="role=dialog")
        assert self.here().startswith("H2 "), self.here()
        self.b.wait(at="dialog .buttons button:last-child[aria-disabled=false]")
        self.enter(f"BUTTON {wanted}")
        self.b.wait(at="role=dialog", state="hidden", ms=20_000)
