/* What is said while a statement waits and runs: the gate's own notices, and the server's. */
#include "cli/mcp.h"

enum { ID_BYTES = 36, TOLD_MOST = 100 };

bool mcp_is_servers(const PGresult *r)
{
    return PQresultErrorField(r, PG_DIAG_SOURCE_FILE) != NULL ||
           PQresultErrorField(r, PG_DIAG_SOURCE_FUNCTION) != NULL;
}

static void put_field(struct sl_buf *b, const char *before, const PGresult *r, int field)
{
    const char *text = PQresultErrorField(r, field);

    if (text == NULL || text[0] == '\0')
        return;
    sl_buf_put_str(b, before);
    sl_mcp_put_plain(b, sl_span_str(text), MCP_TEXT_MOST);
}

static bool begins(const PGresult *r, const char *word)
{
    const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

    return text != NULL && strncmp(text, word, strlen(word)) == 0;
}

/* "held: approval 0192..., 14m 59s to decide" */
static void note_approval(struct mcp_notices *n, const PGresult *r)
{
    static const char before[] = "approval ";
    const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY),
               *at = text == NULL ? NULL : strstr(text, before);

    if (at == NULL || strnlen(at, sizeof before + ID_BYTES) < sizeof before - 1 + ID_BYTES)
        return;
    memcpy(n->approval, at + sizeof before - 1, ID_BYTES);
    n->approval[ID_BYTES] = '\0';
}

/* The gate tells of connections and commands, which an agent does not have here. */
static void put_question(struct sl_buf *b, const struct mcp_notices *n)
{
    sl_buf_say(b, "\nAnswer with the tool `answer`, approval %s, while this waits.",
               n->approval[0] != '\0' ? n->approval : "as named");
}

/* Nothing that the server says can look like the gate's word. */
static void put_notice(struct sl_buf *b, struct mcp_notices *n, const PGresult *r)
{
    bool servers = mcp_is_servers(r), question = !servers && begins(r, "question from ");

    if (!servers && begins(r, "held"))
        note_approval(n, r);
    put_field(b, servers ? "the database says: " : "", r, PG_DIAG_MESSAGE_PRIMARY);
    put_field(b, servers ? "\nthe database's detail: " : "\n", r, PG_DIAG_MESSAGE_DETAIL);
    if (question)
        put_question(b, n);
    else
        put_field(b, servers ? "\nthe database's hint: " : "\n", r, PG_DIAG_MESSAGE_HINT);
}

void mcp_notice_take(struct mcp_call *c, struct mcp_notices *n, const PGresult *notice)
{
    SL_BUF(text, 64 * 1024);

    put_notice(&text, n, notice);
    if (sl_buf_err(&text) != SL_OK || json_array_size(n->said) >= TOLD_MOST) {
        n->left_out++;
        return;
    }
    json_array_append_new(n->said, json_stringn((const char *)text.p, text.n));
    if (n->approval[0] != '\0')
        mcp_events_begin(c->mcp);
    mcp_call_tell(c, mcp_is_servers(notice) ? SL_MCP_INFO : SL_MCP_NOTICE, sl_buf_span(&text));
}
