/* docs/config.md: the manual of every key, grown from the key table. */
#include "core/policy/policy_int.h"

#include "base/when.h"

static const char intro[] =
    "# The configuration file\n"
    "\n"
    "This page is made from the key table (`src/core/policy/config_keys.h`) by `sluice check "
    "--keys`; a test\n"
    "compares the two. How rules are weighed is in [policy.md](policy.md).\n"
    "\n"
    "The file is YAML, read strictly: plain mappings, lists and texts in UTF-8, at most 1 MiB, 12 "
    "levels and\n"
    "40,000 values. Unknown keys, keys given twice, anchors, aliases, tags, merge keys, directives "
    "and further\n"
    "documents are errors. An error reads `file:line:column: what, and what was expected`, and "
    "after one there\n"
    "is no configuration: a running Sluice keeps the one that it has.\n"
    "\n"
    "Texts are one line of printable characters. A duration is `250ms`, `30s`, `15m`, `8h` or "
    "`7d`; a size is a\n"
    "number of bytes, or `64kB`, `16MB`, `1GB` (powers of 1024). In a pattern `*` stands for any "
    "run of\n"
    "characters, dots included, and `?` for one. A list is written `[a, b]` and is never empty.\n";

static const char *title_of(enum sl_place place)
{
    static const char *const titles[] = {
        [SL_PLACE_TOP] = "The file",
        [SL_PLACE_LISTEN] = "`listen`",
        [SL_PLACE_TLS] = "`tls`",
        [SL_PLACE_LEDGER] = "`ledger`",
        [SL_PLACE_TIMEOUTS] = "`timeouts`",
        [SL_PLACE_USAGE] = "`usage`",
        [SL_PLACE_METRICS] = "`metrics`",
        [SL_PLACE_PASSKEYS] = "`passkeys`",
        [SL_PLACE_ROLES] = "`roles`",
        [SL_PLACE_MEMBERS] = "`roles.admins` and `roles.auditors`",
        [SL_PLACE_BREAK_GLASS] = "`break_glass`",
        [SL_PLACE_LINEAGE] = "`lineage`",
        [SL_PLACE_OPENLINEAGE] = "`lineage.openlineage`",
        [SL_PLACE_TARGET] = "`targets[]`: one target",
        [SL_PLACE_TARGET_TLS] = "`targets[].tls`",
        [SL_PLACE_LOGIN] = "`targets[].login`",
        [SL_PLACE_ACCESS] = "`targets[].access`",
        [SL_PLACE_LABEL] = "`targets[].labels[]`: one label",
        [SL_PLACE_DECLASSIFY] = "`targets[].declassify[]`: where derived labels do not count",
        [SL_PLACE_CANARY] = "`targets[].canary`",
        [SL_PLACE_CATALOG] = "`targets[].catalog`",
        [SL_PLACE_RULE] = "`policy[]`: one rule",
        [SL_PLACE_WHEN] = "`policy[].when`",
        [SL_PLACE_REVIEWERS] = "`reviewers` of a target, a rule or its `escalate`",
        [SL_PLACE_BUDGET] = "`policy[].budget`",
        [SL_PLACE_ELEVATE] = "`policy[].elevate`",
        [SL_PLACE_ESCALATE] = "`policy[].escalate`: when nobody has decided",
        [SL_PLACE_ISSUER] = "`issuers[]`: one identity provider",
        [SL_PLACE_ISSUER_GROUP] = "`issuers[].groups[]`: one group",
        [SL_PLACE_JOB] = "`issuers[].jobs[]`: one CI job",
        [SL_PLACE_CHAT] = "`chat[]`: one chat in which people are told, and may decide",
        [SL_PLACE_HOOK] = "`hooks[]`: one receiver of what the ledger says",
    };

    return titles[place];
}

static void put_bounds(struct sl_buf *b, const struct sl_key *k)
{
    if (k->type == SL_KEY_DURATION || k->type == SL_KEY_PER) {
        sl_buf_put_str(b, "; ");
        sl_duration_put(b, k->least);
        sl_buf_put_str(b, " to ");
        sl_duration_put(b, k->most);
    } else if (k->unit[0] != '\0') {
        sl_buf_say(b, "; %U to %U %s", k->least, k->most, k->unit);
    } else if (k->type == SL_KEY_TEXT || k->type == SL_KEY_NAME || k->type == SL_KEY_FILE ||
               k->type == SL_KEY_URL) {
        sl_buf_say(b, " of at most %U bytes", k->most);
    } else if (k->most > 0 && k->type >= SL_KEY_LIST && k->type <= SL_KEY_HOURS) {
        sl_buf_say(b, "; at most %U", k->most);
    }
}

/* Words wrapped at 108 columns, so that the page reads well as text too. */
static void put_wrapped(struct sl_buf *b, const char *text)
{
    struct sl_span left = sl_span_str(text);
    size_t column = 0;

    while (left.n > 0) {
        struct sl_span word = sl_span_head(left, sl_span_find(left, ' '));
        left = sl_span_from(left, word.n + 1);
        if (column > 0 && column + 1 + word.n > 108) {
            sl_buf_put_u8(b, '\n');
            column = 0;
        }
        sl_buf_put_str(b, column > 0 ? " " : "");
        sl_buf_put(b, word);
        column += word.n + (column > 0);
    }
    sl_buf_put_u8(b, '\n');
}

static void put_key(struct sl_buf *b, const struct sl_key *k)
{
    sl_buf_say(b, "\n**`%s`**: ", k->name);
    sl_value_expected(b, k);
    put_bounds(b, k);
    if (k->fallback == NULL)
        sl_buf_put_str(b, ". Required");
    else if (k->fallback[0] != '\0')
        sl_buf_say(b, ". Default `%s`", k->fallback);
    sl_buf_put_str(b, k->reload ? ".\n\n" : ". Read at start only.\n\n");
    put_wrapped(b, k->help);
}

void sl_config_manual(struct sl_buf *out)
{
    sl_buf_put_str(out, intro);
    for (unsigned place = 0; place < SL_PLACE_COUNT; place++) {
        sl_buf_say(out, "\n## %s\n", title_of((enum sl_place)place));
        for (size_t i = 0; i < sl_key_count; i++)
            if (sl_keys[i].place == place)
                put_key(out, &sl_keys[i]);
    }
}
