/* Fifteen people under two-person administration, an agent of theirs, and what they say to a
 * question. */
#ifndef SL_TESTS_PEOPLE_PLAY_H
#define SL_TESTS_PEOPLE_PLAY_H

#define KEEPER_PLAY_RULES                                                         \
    "  - name: pair\n"                                                            \
    "    when: {effects: [delete]}\n"                                             \
    "    then: hold\n"                                                            \
    "    reviewers: {groups: [dba], need: 2}\n"                                   \
    "govern: two-person\n"                                                        \
    "roles: {admins: {groups: [admins]}, auditors: {identities: [aud]}}\n"        \
    "break_glass: {groups: [oncall, x-watch, x-guard], review_within: 1h}\n"      \
    "hooks: [{name: siem, url: \"https://siem.example/in\", format: ocsf},\n"     \
    "  {name: web, url: \"https://web.example/in\", secret_file: s}]\n"           \
    "issuers: [{name: corp, issuer: \"https://idp.example\", client_id: sluice, " \
    "group_prefix: x-}]\n"
#include "tests/unit/keeper_play.h"

/* Everybody is a human in `dba`, so that nothing but what is played keeps them from deciding. */
enum who {
    HUGO,
    OLGA,
    LINO,
    DORA,
    PAULA,
    UWE,
    TARA,
    RITA,
    AUD,
    ADA,
    ADI,
    OLLY,
    OTTO,
    VERA,
    XENA,
    WHO_COUNT
};
static const char *const names[WHO_COUNT] = {"hugo", "olga", "lino", "dora", "paula",
                                             "uwe",  "tara", "rita", "aud",  "ada",
                                             "adi",  "olly", "otto", "vera", "xena"};
static char codes[WHO_COUNT][128], credentials[WHO_COUNT][128], token[128];
static char approval[37], digest_hex[65];

static inline void enroll(const char *code, char out[128])
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'code':'%s'}", code);
    SL_CHECK_INT(call_as(play.desk, "enroll", "", sl_buf_text(&body)), 201);
    keep(out, 128, said("credential"));
}

static inline const char *groups_of(enum who w)
{
    if (w == ADA || w == ADI)
        return "'admins'";
    return w == OLLY ? "'oncall'" : w == LINO || w == VERA ? "'dba','oncall'" : "'dba'";
}

static inline void ask_by(const char *what, const char *effect, const char *trigger)
{
    SL_BUF(body, 1024);

    sl_buf_say(
        &body,
        "{'target':'finance','operation':{'do':'%s'},'effects':['%s'],'reason':'spring clean',"
        "'triggered_by':'%s'}",
        what, effect, trigger);
    SL_CHECK_INT(call_as(play.desk, "approval.create", token, sl_buf_text(&body)), 201);
    memcpy(approval, said("id"), 36);
    memcpy(digest_hex, said("digest"), 64);
}

static inline void ask_for(const char *what, const char *effect)
{
    ask_by(what, effect, "tara");
}

static inline void ask(const char *what)
{
    ask_for(what, "ddl");
}

static inline uint32_t decide_on(const char *id, const char *digest, const char *credential,
                                 const char *decision, const char *reason)
{
    SL_BUF(body, 1024);

    sl_buf_say(&body, "{'id':'%s','decision':'%s','digest':'%s','reason':'%s'}", id, decision,
               digest, reason);
    return call_as(play.desk, "decision", credential, sl_buf_text(&body));
}

static inline uint32_t decide(const char *credential, const char *decision)
{
    return decide_on(approval, digest_hex, credential, decision, "looked at it");
}

static inline uint32_t get(const char *credential)
{
    SL_BUF(body, 256);

    sl_buf_say(&body, "{'id':'%s'}", approval);
    return call_as(play.desk, "approval.get", credential, sl_buf_text(&body));
}

static const char agent[] = "{'name':'%s','kind':'agent','owner':'%s'}";

/* Nobody could be asked yet: that is how a gateway begins, and each step is in the ledger. */
static inline void add_everybody(void)
{
    for (enum who w = 0; w < WHO_COUNT; w++) {
        SL_BUF(body, 512);

        sl_buf_say(&body, "{'name':'%s','kind':'human','groups':[%s]%s%s}", names[w], groups_of(w),
                   w == HUGO ? ",'owner':'olga'" : "",
                   w == OLGA || w == UWE ? ",'os_user':'4711'" : "");
        if (w == HUGO)
            continue; /* after his owner */
        SL_CHECK_INT(call_as(play.control, "identity.add", "", sl_buf_text(&body)), 200);
        keep(codes[w], 128, said("code"));
        if (w == OLGA) {
            SL_CHECK_INT(
                control("identity.add",
                        "{'name':'%s','kind':'human','owner':'%s','groups':['dba','agents']}",
                        "hugo", "olga"),
                200);
            keep(codes[HUGO], 128, said("code"));
        }
    }
    SL_CHECK_INT(control("identity.add", agent, "bot1", "olga"), 200);
    SL_CHECK_INT(control("identity.add", agent, "bot2", "olga"), 200);
    SL_CHECK_INT(control("identity.link", "{'name':'%s','to':'%s'}", "lino", "olga"), 200);
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s'}", "olga", "dora"), 200);
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s'}", "olga", "olga"), 400);
    SL_CHECK_INT(control("identity.delegate", "{'name':'%s','to':'%s'}", "olga", "nobody"), 404);
    SL_CHECK_INT(control("token.create", "{'name':'%s','for':['%s']}", "hugo", "nobody"), 400);
    SL_CHECK_INT(control("token.create", "{'name':'%s','for':['%s']}", "hugo", "paula"), 200);
    keep(token, 128, said("token"));
    for (enum who w = 0; w < WHO_COUNT; w++)
        enroll(codes[w], credentials[w]);
}

/* What was held: its approval and digest, as an admin sees it. */
static inline void take_held(void)
{
    memcpy(approval, said("approval"), 36);
    SL_CHECK_INT(get(credentials[ADA]), 200);
    SL_CHECK_TEXT(sl_span_str(said("protocol")), "sluice");
    memcpy(digest_hex, said("digest"), 64);
}

#endif
