// Socket Mode: tickets that open one socket each, envelopes and their acknowledgements, and what goes wrong with sockets.
import { WebSocketServer } from "ws";
import { now, later, Refused, token } from "./world.mjs";

const HOST = "applink-lab-1";

export class Sockets {
  constructor(world, base) {
    Object.assign(this, { world, base, open: new Map(), tickets: new Map(), waiting: new Map(), count: 0, turn: 0, strays: [] });
    this.server = new WebSocketServer({ noServer: true, autoPong: false, clientTracking: false, perMessageDeflate: false, maxPayload: 1_000_000 });
  }

  ticket() {
    if (!this.world.socketMode) throw new Refused("socket_mode_disabled");
    const ticket = token(20);
    this.tickets.set(ticket, now() + this.world.settings.tickets_s);
    return `${this.base.replace("http", "ws")}/link/?ticket=${ticket}&app_id=${this.world.app.id}`;
  }

  upgrade(req, raw, head) {
    const url = new URL(req.url, this.base);
    const until = this.tickets.get(url.searchParams.get("ticket")) ?? 0;
    this.tickets.delete(url.searchParams.get("ticket"));
    if (url.pathname !== "/link/" || until < now() || !this.world.socketMode) {
      raw.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.server.handleUpgrade(req, raw, head, (ws) => this.begin(ws).catch(() => ws.terminate()));
  }

  async begin(ws) {
    const one = { n: (this.count += 1), ws, opened: now(), last: now(), hello: false, acked: 0, sent: 0, pinged: 0, ponged: 0, frozen: false };
    ws.on("error", () => {}); // what the other side sent that is no WebSocket: ws closes it
    ws.on("close", () => this.forget(one));
    if (this.open.size >= this.world.settings.max_sockets) return this.leave(one, "too_many_websockets", 0);
    this.open.set(one.n, one);
    ws.on("ping", (data) => one.frozen || ws.pong(data));
    ws.on("pong", () => (one.ponged += 1));
    ws.on("message", (data, binary) => this.heard(one, data, binary));
    this.beat(one);
    await later(this.world.settings.hello_after_s);
    this.write(one, { type: "hello", num_connections: this.open.size, debug_info: { host: HOST, started: "", build_number: 1, approximate_connection_time: 18060 },
      connection_info: { app_id: this.world.app.id } });
    one.hello = true;
  }

  beat(one) {
    one.timer = setTimeout(() => {
      if (!one.frozen && one.ws.readyState === one.ws.OPEN) one.ws.ping("lab"), (one.pinged += 1);
      this.beat(one);
    }, this.world.settings.ping_s * 1000);
  }

  forget(one) {
    clearTimeout(one.timer);
    this.open.delete(one.n);
  }

  write(one, said) {
    one.sent += 1;
    if (!one.frozen) one.ws.send(typeof said === "string" ? said : JSON.stringify(said));
  }

  heard(one, data, binary) {
    if (one.frozen) return;
    one.last = now();
    let said = null;
    try {
      said = binary ? null : JSON.parse(data.toString());
    } catch {
      // kept below as what nobody asked for
    }
    const taken = this.waiting.get(said?.envelope_id);
    if (!taken) return void this.strays.push({ at: now(), socket: one.n, text: data.toString().slice(0, 1000) });
    one.acked += 1;
    taken(said.payload ?? null);
  }

  ready = () => [...this.open.values()].filter((one) => one.hello && one.ws.readyState === one.ws.OPEN);

  // The socket of that number, or the next in turn; null: there is none.
  pick(n) {
    const ready = this.ready();
    if (n) return ready.find((one) => one.n === n) ?? null;
    return ready.length === 0 ? null : ready[(this.turn += 1) % ready.length];
  }

  // Sends an envelope and waits for its acknowledgement: {socket, answer} or {socket, status: why not}.
  async deliver(envelope, n, times) {
    const one = this.pick(n);
    if (one === null) return { socket: null, status: "no socket is open" };
    const acked = new Promise((done) => this.waiting.set(envelope.envelope_id, done));
    for (let i = 0; i < times; i += 1) this.write(one, envelope);
    const silent = Symbol("silent");
    const answer = await Promise.race([acked, later(this.world.settings.ack_s).then(() => silent)]);
    return answer === silent ? { socket: one.n, status: "timeout" } : { socket: one.n, status: "acked", answer };
  }

  choose = (n) => [...this.open.values()].filter((one) => !n || one.n === n);

  // Tells a socket to go, and closes it after that many seconds (null: not).
  leave(one, reason, seconds) {
    this.write(one, { type: "disconnect", reason, debug_info: { host: HOST } });
    if (seconds !== null) setTimeout(() => this.end(one), seconds * 1000);
  }

  end(one) {
    this.forget(one);
    one.ws.close(1000);
  }

  drop(one, how, bytes = 1_000_000) {
    const raw = one.ws._socket;
    const ways = {
      close: () => this.end(one),
      cut: () => (this.forget(one), raw.destroy()),
      freeze: () => (one.frozen = true),
      garbage: () => raw.write(Buffer.from("ffffffffffffffffffff", "hex")),
      fragment: () => raw.write(Buffer.from([0x01, 0x03, 0x7b, 0x22, 0x61])),
      binary: () => one.ws.send(Buffer.from([0, 1, 2, 255])),
      latin1: () => raw.write(Buffer.from([0x81, 0x02, 0xc3, 0x28])),
      huge: () => one.ws.send(JSON.stringify({ type: "hello", padding: "x".repeat(bytes) })),
    };
    if (!Object.hasOwn(ways, how)) throw new Error(`a socket cannot be dropped by ${how}`);
    ways[how]();
  }

  list = () => [...this.open.values()].map(({ ws: _, timer: __, ...one }) => one);
}
