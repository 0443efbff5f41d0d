#include "role/keeper/call_scim_int.h"

#include "role/keeper/call.h"
#include "role/keeper/db.h"
#include "role/keeper/issuers.h"
#include "role/keeper/keeper_int.h"
#include "role/keeper/scim.h"

/* The one method of a provisioning credential: a SCIM request, as the desk carries it. */

void scim_answer(struct scim_request *r, unsigned status, json_t *reply)
{
    r->call->status = status;
    r->call->reply = reply;
}

void scim_refuse(struct scim_request *r, enum sl_scim_reason why)
{
    scim_answer(r, sl_scim_status(why), sl_scim_error_json(why, sl_span_str(r->detail)));
}

static struct sl_span base_of(struct keeper *k)
{
    const struct sl_settings *s = &k->config->settings;
    struct sl_span url = s->public_url;
    SL_BUF(base, 2048);

    while (url.n > 0 && url.p[url.n - 1] == '/')
        url.n--;
    if (url.n > 0)
        sl_buf_say(&base, "%S/scim/v2", url);
    else
        sl_buf_say(&base, "http://%S:%S/scim/v2", s->http_host, s->http_port);
    return sl_arena_copy(k->mem, sl_buf_span(&base));
}

/* Memberships have one source for each issuer: else what a sign-in says would take away what was
 * pushed, and the other way round. */
static bool groups_are_its(const struct scim_request *r)
{
    return r->kind == SL_SCIM_USER || sl_span_is(r->method, "GET") ||
           r->issuer->config->groups_claim.n == 0;
}

static void route(struct scim_request *r, struct sl_span what)
{
    bool get = sl_span_is(r->method, "GET");
    struct scim_group fresh = {.issuer = r->iss};

    if (!sl_span_is(what, "Users") && !sl_span_is(what, "Groups")) {
        SL_BUF(name, 256);

        sl_buf_say(&name, r->id.n > 0 ? "%S/%S" : "%S", what, r->id);
        json_t *about = get ? sl_scim_about_json(sl_buf_span(&name), r->base) : NULL;
        if (about != NULL)
            scim_answer(r, 200, about);
        else
            scim_refuse(r, SL_SCIM_NOT_FOUND);
        return;
    }
    r->kind = sl_span_is(what, "Users") ? SL_SCIM_USER : SL_SCIM_GROUP;
    if (!groups_are_its(r)) {
        r->detail =
            "this issuer has a groups_claim: memberships come with its tokens, not from here";
        scim_refuse(r, SL_SCIM_REFUSED);
    } else if (r->kind == SL_SCIM_GROUP && !get && scim_settle_is_busy(r->k, r->issuer)) {
        scim_refuse(r, SL_SCIM_BUSY);
    } else if (r->kind == SL_SCIM_USER && r->id.n > 0) {
        scim_one_user(r);
    } else if (r->id.n > 0) {
        r->settling = scim_settling_new(r->k, r->issuer);
        scim_one_group(r);
    } else if (get) {
        scim_list(r);
    } else if (r->kind == SL_SCIM_USER) {
        scim_create_user(r);
    } else {
        r->settling = scim_settling_new(r->k, r->issuer);
        scim_whole_group(r, &fresh, 201);
    }
    scim_settling_free(r->settling);
}

void call_SCIM(struct call *c)
{
    struct scim_request r = {.call = c,
                             .k = c->keeper,
                             .iss = c->provisions,
                             .issuer = issuer_of_iss(c->keeper, c->provisions),
                             .method = call_str(c, "method"),
                             .id = call_str(c, "id"),
                             .query = json_object_get(c->body, "query"),
                             .body = json_object_get(c->body, "resource"),
                             .base = base_of(c->keeper)};

    if (r.issuer == NULL || r.issuer->config->kind != SL_ISSUER_OIDC) {
        r.detail = "the configuration does not name this provider any more";
        scim_refuse(&r, SL_SCIM_DENIED);
        return;
    }
    route(&r, call_str(c, "what"));
}
