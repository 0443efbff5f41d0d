// Is this entry in the ledger? Computed here, from the checkpoint and the tiles (C2SP tlog-tiles, RFC 6962), so that
// nobody has to believe what a page says. Hashes and signatures are the browser's own (WebCrypto).
import { askFile } from "./api";

const WIDTH = 256;
const HASH = 32;
type Bytes = Uint8Array<ArrayBuffer>;

export interface Checkpoint {
  note: string;
  origin: string;
  size: number;
  root: Bytes;
}

/** true: it is so. false: it is not. null: it could not be looked at, and `says` why. */
export interface Check {
  what: string;
  ok: boolean | null;
  says: string;
}

export interface Proof {
  entry: number;
  leaf: unknown;
  text: string;
  checks: Check[];
}

// --- bytes ---

const utf8 = new TextEncoder();
const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const toHex = (bytes: Bytes): string => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
const same = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((v, i) => v === b[i]);

function join(...parts: readonly Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const leafHash = (leaf: Bytes): Promise<Bytes> => sha256(join(Uint8Array.of(0), leaf));
const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(join(Uint8Array.of(1), left, right));

/** RFC 8785. JavaScript's own order of names and its numbers and escapes are the ones that it prescribes. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, v]) => `${JSON.stringify(name)}:${canonical(v)}`).join(",")}}`;
}

// --- the signed note ---

export function readCheckpoint(note: string): Checkpoint {
  const [origin = "", size = "", root = ""] = note.split("\n");
  if (!/^(0|[1-9]\d{0,15})$/.test(size)) throw new Error("The checkpoint is not written as it must be.");
  return { note, origin, size: Number(size), root: fromBase64(root) };
}

/** "name+id+base64(1 || key)" and what the id must be. */
async function readKey(line: string): Promise<{ name: string; id: Bytes; key: Bytes }> {
  const [, name = "", id = "", packed = ""] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)\s*$/.exec(line) ?? [];
  const bytes = fromBase64(packed);
  const computed = (await sha256(join(utf8.encode(`${name}\n`), bytes))).slice(0, 4);
  if (bytes.length !== HASH + 1 || bytes[0] !== 1 || toHex(computed) !== id) throw new Error("The key line is damaged.");
  return { name, id: computed, key: bytes.slice(1) };
}

/** The bytes that this key signed the note with, or null. */
function signatureOf(note: string, name: string, id: Bytes): Bytes | null {
  const end = note.indexOf("\n\n");
  for (const line of note.slice(end + 2).split("\n")) {
    const packed = line.startsWith(`— ${name} `) ? fromBase64(line.slice(name.length + 3)) : null;
    if (packed !== null && same(packed.slice(0, 4), id)) return packed.slice(4);
  }
  return null;
}

async function checkSignature(note: string, keyLine: string): Promise<Check> {
  const what = "The checkpoint is signed by the ledger's key";
  const { name, id, key } = await readKey(keyLine);
  const shown = `${name}, key ${toHex(id)}`;
  const signature = signatureOf(note, name, id);
  if (signature === null) return { what, ok: false, says: `No signature of ${shown} is on it.` };
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return { what, ok: null, says: `Not looked at: this browser knows no Ed25519. sluice ledger verify does (${shown}).` };
  }
  const signed = utf8.encode(note.slice(0, note.indexOf("\n\n") + 1));
  const ok = await crypto.subtle.verify("Ed25519", imported, signature, signed);
  return { what, ok, says: ok ? `Ed25519, ${shown}. Compare the key with the one that you keep.` : `The signature of ${shown} is wrong.` };
}

// --- tiles ---

/** "000", "x001/234" */
function tileNumber(n: number): string {
  const parts = [String(n % 1000).padStart(3, "0")];
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000))
    parts.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  return parts.join("/");
}

/** The tree of one size, tile by tile as they are needed. */
class Tree {
  private readonly tiles = new Map<string, Promise<Bytes>>();
  readonly read: string[] = [];
  constructor(readonly size: number) {}

  private tile(level: number, n: number): Promise<Bytes> {
    const hashes = Math.floor(this.size / WIDTH ** level);
    const width = Math.min(WIDTH, hashes - n * WIDTH);
    const name = `tile/${level}/${tileNumber(n)}${width < WIDTH ? `.p/${width}` : ""}`;
    const known = this.tiles.get(name);
    if (known !== undefined) return known;
    this.read.push(name);
    const asked = askFile(`/v1/ledger/${name}`)
      .then((a) => a.arrayBuffer())
      .then((b) => new Uint8Array(b));
    this.tiles.set(name, asked);
    return asked;
  }

  /** The root over 2^height leaves, number n of them. */
  async hash(height: number, n: number): Promise<Bytes> {
    const level = Math.floor(height / 8);
    const count = 2 ** (height % 8);
    const first = n * count;
    const tile = await this.tile(level, Math.floor(first / WIDTH));
    const at = (first % WIDTH) * HASH;
    if (tile.length < at + count * HASH) throw new Error("A tile is shorter than it must be.");
    let row = Array.from({ length: count }, (_, i) => tile.slice(at + i * HASH, at + (i + 1) * HASH));
    while (row.length > 1) {
      const pairs = Array.from({ length: row.length / 2 }, (_, i) => [row[2 * i], row[2 * i + 1]] as [Bytes, Bytes]);
      row = await Promise.all(pairs.map(([l, r]) => nodeHash(l, r)));
    }
    return row[0] as Bytes;
  }

  /** The root over the leaves lo..hi-1; lo is a multiple of each of its parts. */
  async range(lo: number, hi: number): Promise<Bytes> {
    const parts: Bytes[] = [];
    for (let at = lo; at < hi; ) {
      const height = Math.floor(Math.log2(hi - at));
      parts.push(await this.hash(height, at / 2 ** height));
      at += 2 ** height;
    }
    let root = parts.pop() as Bytes;
    for (let left = parts.pop(); left !== undefined; left = parts.pop()) root = await nodeHash(left, root);
    return root;
  }
}

const splitOf = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);

async function inclusionPath(tree: Tree, index: number): Promise<Bytes[]> {
  const out: Bytes[] = [];
  let lo = 0;
  let hi = tree.size;
  while (hi - lo > 1) {
    const middle = lo + splitOf(hi - lo);
    const isLeft = index < middle;
    out.unshift(isLeft ? await tree.range(middle, hi) : await tree.range(lo, middle));
    if (isLeft) hi = middle;
    else lo = middle;
  }
  return out;
}

const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

/** RFC 9162, section 2.1.3.2: where this path leads to; null when it has the wrong length. */
export async function followPath(index: number, size: number, leaf: Bytes, path: readonly Bytes[]): Promise<Bytes | null> {
  let fn = index;
  let sn = size - 1;
  let r = leaf;
  for (const p of path) {
    if (sn === 0) return null;
    if (isOdd(fn) || fn === sn) {
      r = await nodeHash(p, r);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else r = await nodeHash(r, p);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? r : null;
}

async function consistencyPath(tree: Tree, old: number): Promise<Bytes[]> {
  const out: Bytes[] = [];
  let lo = 0;
  let hi = tree.size;
  while (old > 0 && old !== hi) {
    const middle = lo + splitOf(hi - lo);
    const isLeft = old <= middle;
    out.unshift(isLeft ? await tree.range(middle, hi) : await tree.range(lo, middle));
    if (isLeft) hi = middle;
    else lo = middle;
  }
  if (lo > 0) out.unshift(await tree.range(lo, hi));
  return out;
}

const isPowerOfTwo = (n: number): boolean => 2 ** Math.round(Math.log2(n)) === n;

/** RFC 9162, section 2.1.4.2. */
export async function isGrown(old: Checkpoint, now: Checkpoint, path: readonly Bytes[]): Promise<boolean> {
  if (old.size === now.size) return same(old.root, now.root);
  const all = isPowerOfTwo(old.size) ? [old.root, ...path] : [...path];
  let fn = old.size - 1;
  let sn = now.size - 1;
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  const first = all.shift();
  if (first === undefined) return false;
  let fr = first;
  let sr = first;
  for (const c of all) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      fr = await nodeHash(c, fr);
      sr = await nodeHash(c, sr);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else sr = await nodeHash(sr, c);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(fr, old.root) && same(sr, now.root);
}

// --- all of it ---

/** The last checkpoint that this page has seen and found signed: each later one must be its continuation. */
let remembered: { checkpoint: Checkpoint; at: Date } | null = null;

/** The key line that this page saw first. Whoever could change the ledger could bring a key of their own along. */
let rememberedKey: string | null = null;

function checkKey(line: string): Check[] {
  rememberedKey ??= line.trim();
  if (rememberedKey === line.trim()) return [];
  const says = "It is another one. Keys are renewed, and forged: compare it with the one that you keep.";
  return [{ what: "The key is the one that this page saw before", ok: null, says }];
}

async function checkGrowth(now: Checkpoint, tree: Tree): Promise<Check> {
  const what = "It continues the checkpoint that this page saw before";
  const old = remembered;
  if (old === null) return { what: "It is the first checkpoint that this page sees", ok: true, says: "The next one is compared with it." };
  const seen = `${old.checkpoint.size.toLocaleString("en-US")} entries, seen ${old.at.toLocaleTimeString()}`;
  if (old.checkpoint.size > now.size)
    return { what, ok: false, says: `The ledger is shorter than it was: ${seen}.` };
  const ok = await isGrown(old.checkpoint, now, await consistencyPath(tree, old.checkpoint.size));
  return { what, ok, says: ok ? `${seen}: nothing of it was changed.` : `What was there has been changed: ${seen}.` };
}

async function checkLeaf(proof: Proof, now: Checkpoint, tree: Tree): Promise<Check[]> {
  const shown = canonical(proof.leaf);
  const hash = await leafHash(utf8.encode(shown));
  const stands = await tree.hash(0, proof.entry);
  const path = await inclusionPath(tree, proof.entry);
  const root = await followPath(proof.entry, now.size, hash, path);
  const leads = root !== null && same(root, now.root);
  return [
    {
      what: "What is shown here is the entry",
      ok: shown === proof.text && same(hash, stands),
      says: same(hash, stands)
        ? `Its leaf hash, ${toHex(hash)}, stands in the tile.`
        : `Its leaf hash is ${toHex(hash)}; in the tile stands ${toHex(stands)}.`,
    },
    {
      what: "The entry is in the signed tree",
      ok: leads,
      says: leads
        ? `${path.length} hashes from ${tree.read.join(", ")} lead to the root over ${now.size.toLocaleString("en-US")} entries.`
        : "The hashes do not lead to the root of the checkpoint.",
    },
  ];
}

const text = (path: string): Promise<string> => askFile(path).then((a) => a.text());

export async function prove(entry: number): Promise<Proof> {
  const body = await text(`/v1/ledger/entries/${entry}`);
  const proof: Proof = { entry, text: body, leaf: JSON.parse(body) as unknown, checks: [] };
  if (globalThis.crypto?.subtle === undefined) {
    const says = "Not looked at: a browser computes hashes on https and on this machine's own address only. Use sluice ledger proof.";
    return { ...proof, checks: [{ what: "The entry is in the signed tree", ok: null, says }] };
  }
  const [note, key] = await Promise.all([text("/v1/ledger/checkpoint"), text("/v1/ledger/key.pub")]);
  const now = readCheckpoint(note);
  if (entry >= now.size) throw new Error("No checkpoint covers this entry yet: ask again in a second.");
  const tree = new Tree(now.size);
  const signature = await checkSignature(note, key);
  proof.checks = [signature, ...checkKey(key), await checkGrowth(now, tree), ...(await checkLeaf(proof, now, tree))];
  if (proof.checks.every((c) => c.ok !== false)) remembered = { checkpoint: now, at: new Date() };
  return proof;
}
