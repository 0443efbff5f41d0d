// A host: the official SDK's client starts `sluice mcp` and does what comes on stdin, one JSON object a line; what it hears goes to
// stdout the same way. {"do":"tools"}, {"do":"call","as":NAME,"name":..,"arguments":..,"meta":..,"progress":false},
// {"do":"cancel","as":NAME}, {"do":"level","level":..}, {"do":"close"}.
import { createInterface } from 'node:readline'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'

const [command, ...args] = process.argv.slice(2)
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n')
const client = new Client({ name: 'sluice-e2e', version: '1' })
const running = new Map()

client.onerror = (e) => say({ broken: String(e) })
client.setNotificationHandler(LoggingMessageNotificationSchema, (n) => say({ log: n.params }))

// callTool validates structuredContent against the outputSchema that tools/list gave.
async function call({ as, name, arguments: given, meta, progress = true }) {
  const abort = new AbortController()
  running.set(as, abort)
  const options = { signal: abort.signal, timeout: 60000 }
  if (progress) options.onprogress = (p) => say({ progress: as, at: p.progress, message: p.message })
  try {
    say({ result: as, ...(await client.callTool({ name, arguments: given, _meta: meta }, undefined, options)) })
  } catch (e) {
    say({ error: as, code: e.code, message: String(e.message ?? e) })
  }
}

const verbs = {
  async tools() {
    say({ tools: (await client.listTools()).tools })
  },
  call,
  async cancel({ as }) {
    running.get(as).abort('no longer needed')
  },
  async level({ level }) {
    say({ level: await client.setLoggingLevel(level) })
  },
  async close() {
    await client.close()
    process.exit(0)
  },
}

await client.connect(new StdioClientTransport({ command, args, env: process.env, stderr: 'inherit' }))
say({ server: client.getServerVersion(), capabilities: client.getServerCapabilities(), instructions: client.getInstructions() })
for await (const line of createInterface({ input: process.stdin })) {
  const what = JSON.parse(line)
  verbs[what.do](what) // not awaited: calls run side by side
}
