// A WebSocket server that is not ours: npm's `ws`. What it does follows the path; what it sees goes to standard output.
//   node server.mjs PORT certificate.pem
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { WebSocketServer } from "ws";

const [port, pem] = process.argv.slice(2);
const both = readFileSync(pem);
const server = createServer({ cert: both, key: both });
// It would compress, had anybody offered to understand that.
const sockets = new WebSocketServer({ server, perMessageDeflate: true });

function say(path, event, more) {
  console.log(JSON.stringify({ path, event, ...more }));
}

const begin = {
  "/echo": (ws) => ws.on("message", (data, binary) => ws.send(data.toString(), { binary })),
  "/ping": (ws) => ws.ping("are you there"),
  "/fragments": (ws) => {
    ws.send("Gr\u00fc", { fin: false });
    ws.ping("between");
    ws.send("\u00df", { fin: false });
    ws.send(" dich", { fin: true });
  },
  "/close": (ws) => ws.close(4003, "a reason that the keeper does not hear"),
  "/large": (ws) => ws.send("x".repeat(70000)),
  "/binary": (ws) => ws.send(Buffer.from([1, 2, 3])),
  "/false-text": (ws) => ws._socket.write(Buffer.from([0x81, 0x02, 0xc3, 0x28])),
  "/gone": (ws) => ws.terminate(),
};

sockets.on("connection", (ws, request) => {
  const path = request.url.split("?")[0];
  say(path, "open", { extensions: ws.extensions, headers: request.headers });
  ws.on("message", (data, binary) => say(path, "message", { bytes: data.length, text: data.toString().slice(0, 100), binary }));
  ws.on("ping", () => say(path, "ping"));
  ws.on("pong", (data) => say(path, "pong", { text: data.toString() }));
  ws.on("error", (why) => say(path, "error", { code: why.code }));
  ws.on("close", (code) => say(path, "close", { code }));
  begin[path]?.(ws);
});

server.listen(Number(port), "127.0.0.1", () => say("", "ready"));
process.stdin.on("end", () => process.exit()).resume(); // with whoever started it
