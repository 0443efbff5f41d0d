// One scenario a run, told by the first word; the last line of the output is JSON.
'use strict'

const { Client } = require('pg')

const scenarios = {
  async queries(client) {
    const out = {}
    out.simple = (await client.query('select 41 + 1 as n')).rows[0].n
    const row = (await client.query('select $1::text as a, $2::int as b', ["it's", 7])).rows[0]
    out.parameters = [row.a, row.b]
    out.named = []
    for (const n of [1, 2, 3]) {
      const named = { name: 'by-number', text: 'select id from orders where id = $1', values: [n] }
      out.named.push((await client.query(named)).rows[0].id)
    }
    out.error = await client.query('select 1 / $1::int', [0]).catch((e) => e.code)
    await client.query('begin')
    await client.query('insert into staging.wide values ($1, $2)', [1, 'node'])
    await client.query('rollback')
    out.rolled_back = Number((await client.query('select count(*) as n from staging.wide')).rows[0].n)
    out.many = (await client.query('select * from orders')).rowCount
    return out
  },

  async notify(client) {
    const heard = new Promise((resolve) => client.on('notification', resolve))
    await client.query('listen news')
    await client.query("notify news, 'from node'")
    const { channel, payload } = await heard
    return { channel, payload }
  },

  async held(client) {
    const out = {}
    client.on('notice', (n) => { out.notice = n.message })
    try {
      out.rows = (await client.query('delete from staging.scratch where id = $1', [1234])).rowCount
    } catch (e) {
      out.error = e.code
    }
    return out
  },
}

async function main() {
  const client = new Client()
  await client.connect()
  const out = await scenarios[process.argv[2]](client)
  await client.end()
  console.log(JSON.stringify(out))
}

main().catch((e) => {
  console.error(e)
  process.exit(1)
})
