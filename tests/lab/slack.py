"""A small Slack on loopback (`slack/`), for tests: Web API, Socket Mode, signed HTTP, "Sign in with Slack". Not Slack's cloud.

    with Slack(lab.folder) as slack:
        slack.channel("C0PAY", name="payments")             # the bot is a member of it
        slack.user("U0RITA", name="rita")                    # a full member of slack.team
        # ... whoever is tested posts to slack.api with slack.bot_token, and opens a socket with slack.app_token ...
        card = slack.one(channel="C0PAY")                    # waits for one message there, the newest
        done = slack.click("U0RITA", "C0PAY", card["ts"], "approve")
        view = slack.modal("U0RITA")                         # waits for a modal in front of her
        done = slack.submit("U0RITA", view["id"], {"reason": "as agreed"})

Attributes: url (http://127.0.0.1:PORT), api (url + "/api/"), issuer (= url), team, app_id, bot_user, bot_token, app_token,
signing_secret, client_id, client_secret.

CONTROL API. Each op below is a method here: slack.OP(**args) is POST {url}/lab/OP with a JSON object; the answer is
{"said": ...}, or {"failed": why} (an AssertionError here). Times are Unix seconds with a fraction, of the lab's clock.

Who and where
  user(id, name, email, team_id, deleted, is_bot, is_restricted, is_ultra_restricted, is_stranger, enterprise_user, ...)
                        makes a user, or changes what is named; team_id of another team and is_stranger make one of Slack Connect
  channel(id, name, member=True, is_archived, is_ext_shared)    as above; member: the bot is in it
  users() channels()    lists. DMs that conversations.open made are channels with is_im and user
What was said
  messages(channel, thread_ts, ephemeral)   oldest first; no argument: all. A message: {channel, ts, thread_ts, text, blocks, user, bot_id,
                        ephemeral: user or null, history: [{at, text, blocks}]}; the last of history is how it is now
  views(user, all)      the modals in front of a user, the topmost last; all: those that were closed too. A view is what Slack
                        says of one ({id, hash, callback_id, private_metadata, blocks, title, state, ...}) and
                        {user, state_now: "open"|"closed", errors: {block_id: text}, history: [view...]}
  forget()              messages, views, calls, deliveries: as if nothing had been; users, channels, tokens, settings stay
What people do. Each is one *delivery*, and answers when the app answered it or Slack would have given up (wait=False: at once):
      {id, acked, answer, attempts: [{at, via, socket, status, answered_at, ms}], error, trigger_id, payload}
      acked: in time, with a 2xx or an acknowledgement; answer: the acknowledgement's payload (or null); error: why not acked
  click(user, channel, ts, action_id, value, block_id, old)
                        a button. As in Slack, it must be on the message as it is now; old=True: as someone's client that still
                        shows an earlier version of it; value: one that the button does not have, as only a forger could
  submit(user, view, values, old)   values: {action_id: text} or {block_id: {action_id: text}}. response_action of the answer is carried out:
                        errors keep it open (see views), update and push show another, else it closes. old: it may be closed
  close(user, view)     view_closed, if the view asked for it (notify_on_close)
  event(event)          events_api, e.g. {"type": "app_mention", ...};  command(user, channel, command, text): slash_commands
 and each of these takes:
  via                   "socket" or "http"; else as interactivity() says
  delay_s               the app hears of it that late (its trigger_id counts from the click)
  times                 2: the very same envelope or request twice, at once
  hold=True             it is kept back, for release()
  change                merged into the payload, member by member ({"team": {"id": "T0OTHER"}}, null: without it)
  socket                the number of the socket to use
  sign                  http: "good", "forged" (another secret's), "none", "v1", "empty", "body" (the body is another than was signed)
  age_s                 http: the timestamp (and so the signature) is that old; negative: of the future
  retry=False           not again when it is not acked (Socket Mode: again after 3 s to any open socket, `settings.redeliver` times)
  wait=False            do not wait for the answer
  release(ids)          held deliveries, in this order; their results
  replay(id, times)     the same envelope, or the same bytes and headers, once more; what came of it, as {id, status or acked}
  deliveries()          all, oldest first;  delivery(id)
  post(body, content_type, sign, age_s, path)   any bytes to interactivity's url; {status, body}
  say(text, socket)     any text message into the sockets
  verify_url(url, sign) url_verification, as when somebody enters the url at Slack; {status, body, agreed}
  interactivity(url)    from now on people's clicks go to that url, signed; None: through sockets (as in the beginning)
Sockets
  sockets()             open ones: [{n, opened, last, hello, acked, sent, pinged, ponged}]
  disconnect(reason, socket, close_after_s)    reason: "warning" (nothing is closed), "refresh_requested" (closed after close_after_s,
                        2 s where it is left out), "link_disabled" (Socket Mode is switched off: closed, and none can be opened until link(on=True))
  link(on)              Socket Mode on or off at the app
  drop(socket, how)     "close" (properly), "cut" (no closing handshake), "freeze" (says nothing more, answers no ping), "garbage" (no frame at all),
                        "fragment" (a message that never ends), "binary", "latin1" (text that is no UTF-8), "huge" (a message of `bytes`)
Trouble
  trouble(method, channel, times, error, status, retry_after, slow_s, silence, lost, cut, garbage, huge)
                        for the next `times` calls (None, the default: until calm()) of that method ("*": any) into that channel (None: any):
                        error: {"ok": false, "error": ...}; status: an HTTP status with a page for people; "ratelimited" is 429 with
                        Retry-After; slow_s before the answer; silence: never an answer; lost: it is DONE, then cut without an answer; cut: not done, then
                        cut; garbage: 200 with what is no JSON; huge: 200 with that many bytes. The newest that fits counts. Its number
  calm(trouble)         ends one, or all
  rate(mode)            "slack" (in the beginning: one chat.postMessage a second and channel, five at once; others by their tier),
                        "strict" (one at once), "off"
  tokens(bot, app)      "good", "revoked", "inactive", "unknown", or {"is": another token}
  settings(ack_s, redeliver, ping_s, trigger_s, max_sockets, hello_after_s, tickets_s)    what is named is changed; all of them
  calls(method, since)  each call: {n, method, at, ms, status, error, channel, args, type, trouble}; at: when its body was there. Tokens are not in it
  counters()            {method: {calls, ok, errors: {error: n}}}
Sign in with Slack
  openid(claims, key, alg, redirects, skew_s, error)    claims: merged into each ID token from now on (null: without it); key: "own" or
                        "other" (a stranger's, same kid); alg: "RS256", "none" or "HS256"; redirects: which redirect_uri are registered (None:
                        any); skew_s on its times; error: what the person's browser comes back with
  rotate()              another key;  sign_in() below walks the pages
"""
