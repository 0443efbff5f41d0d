// What is different between two texts, word by word. Nothing of either is lost: what both have, and what only the new one
// has, is the new text; what both have, and what only the old one has, is the old one.

export interface Part {
  kind: "same" | "gone" | "new";
  text: string;
}

const MOST_CELLS = 4_000_000;
const words = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_]+|[\s\S]/gu) ?? [];

function push(out: Part[], kind: Part["kind"], text: string): void {
  if (text === "") return;
  const last = out[out.length - 1];
  if (last?.kind === kind) last.text += text;
  else out.push({ kind, text });
}

/** How long the longest common subsequence of each two tails is, in one flat table. */
function table(a: readonly string[], b: readonly string[]): Uint32Array {
  const wide = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const here = i * wide + j;
      lengths[here] =
        a[i] === b[j]
          ? (lengths[here + wide + 1] ?? 0) + 1
          : Math.max(lengths[here + wide] ?? 0, lengths[here + 1] ?? 0);
    }
  return lengths;
}

function middle(a: readonly string[], b: readonly string[], out: Part[]): void {
  if (a.length * b.length > MOST_CELLS) {
    push(out, "gone", a.join(""));
    push(out, "new", b.join(""));
    return;
  }
  const lengths = table(a, b);
  const wide = b.length + 1;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const down = lengths[(i + 1) * wide + j] ?? 0;
    const right = lengths[i * wide + j + 1] ?? 0;
    if (a[i] === b[j]) push(out, "same", (i++, b[j++] ?? ""));
    else if (down >= right) push(out, "gone", a[i++] ?? "");
    else push(out, "new", b[j++] ?? "");
  }
  push(out, "gone", a.slice(i).join(""));
  push(out, "new", b.slice(j).join(""));
}

export function diff(before: string, after: string): Part[] {
  const a = words(before);
  const b = words(after);
  const out: Part[] = [];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  push(out, "same", a.slice(0, head).join(""));
  middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), out);
  push(out, "same", b.slice(b.length - tail).join(""));
  return out;
}
