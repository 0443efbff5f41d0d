"""What is asked of the look of every page and dialog: axe finds nothing, nothing is wider than the screen, nothing moves for
who does not want that."""

# A style of somebody who forgets about it, in the page's own way; then what is computed all the same.
MOVING = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('@keyframes turn { to { rotate: 1turn } } *, ::before, ::after, ::backdrop { animation: turn 9s infinite;' +
    'transition: color 9s; scroll-behavior: smooth }');
  document.adoptedStyleSheets = [sheet];
  let moving = 0;
  for (const e of document.querySelectorAll('*'))
    for (const pseudo of [null, '::before', '::after', ...(e.matches('dialog') ? ['::backdrop'] : [])]) {
      const s = getComputedStyle(e, pseudo);
      if (s.animationName !== 'none' || s.transitionProperty === 'color' || s.scrollBehavior !== 'auto') moving++;
    }
  moving += document.getAnimations().length;
  document.adoptedStyleSheets = [];
  return moving;
})()"""


def faults(b, where, motion="reduce"):
    """What is wrong with what the browser shows now, each with where that is."""
    found = [f"{where}: {v}" for v in b.axe()]
    wide = b.eval(js="document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"{where}: {wide} pixels too wide")
    if b.eval(js="innerWidth") <= 320:
        found += [f"{where}: the table {name!r} scrolls sideways" for name in b.eval(
            js="[...document.querySelectorAll('.wide')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.ariaLabel)")]
    moving = b.eval(js="document.getAnimations().length") if motion != "reduce" else b.eval(js=MOVING)
    if moving > 0:
        found.append(f"{where}: {moving} things move")
    return found
