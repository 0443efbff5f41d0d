// The provider's sign-in page: a name, a password, and a code where somebody has a second factor.
const PASSWORD = "correct horse";
const CODE = "123456";

function form(uid, why) {
  return `<!doctype html><html lang=en><title>Sign in</title><h1>Sign in</h1><p role=alert>${why}</p>
<form method=post action="/interaction/${uid}">
<label>Name <input name=login autofocus></label> <label>Password <input name=password type=password></label>
<label>Code <input name=otp></label>
<button type=submit>Sign in</button> <button type=submit name=abort value=yes>Cancel</button></form></html>`;
}

async function readForm(req) {
  let text = "";
  for await (const part of req) text += part;
  return new URLSearchParams(text);
}

// What the sign-in comes to; a text says what was wrong.
function judge(world, said) {
  if (said.has("abort")) return { error: "access_denied", error_description: "the person said no" };
  const user = world.users[said.get("login")];
  if (user === undefined || user.disabled || said.get("password") !== PASSWORD) return "No such person, or another password.";
  if (said.get("otp") && said.get("otp") !== CODE) return "That was not the code.";
  const strong = said.get("otp") === CODE;
  return { consent: {}, login: { accountId: user.sub, acr: strong ? "mfa" : "pwd", amr: strong ? ["pwd", "otp"] : ["pwd"] } };
}

export async function interact(provider, world, req, res) {
  const { uid } = await provider.interactionDetails(req, res);
  const outcome = req.method === "POST" ? judge(world, await readForm(req)) : "";
  if (typeof outcome === "string") {
    res.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(form(uid, outcome));
    return;
  }
  await provider.interactionFinished(req, res, outcome, { mergeWithLastSubmission: false });
}
