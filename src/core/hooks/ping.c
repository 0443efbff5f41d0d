/* Messages that say nothing. */
#include "core/hooks/hooks.h"

#include "base/when.h"

enum { SOURCE_MOST = 4096, LINE_MOST = 4096 };

static void put_text(struct sl_jw *w, const char *key, struct sl_span text)
{
    sl_jw_key(w, key);
    sl_jw_str(w, text);
}

static void put_number(struct sl_jw *w, const char *key, uint64_t value)
{
    sl_jw_key(w, key);
    sl_jw_u64(w, value);
}

static void put_cloudevent(struct sl_buf *b, struct sl_span origin, struct sl_span id,
                           uint64_t now_us)
{
    SL_BUF(source, SOURCE_MOST);
    struct sl_jw w = sl_jw(b);

    sl_hook_put_source(&source, origin);
    sl_jw_object(&w);
    sl_jw_key(&w, "data");
    sl_jw_object(&w);
    sl_jw_end(&w);
    put_text(&w, "datacontenttype", SL_SPAN("application/json"));
    put_text(&w, "id", id);
    put_text(&w, "source", sl_buf_span(&source));
    put_text(&w, "specversion", SL_SPAN("1.0"));
    sl_jw_key(&w, "time");
    sl_jw_time(&w, now_us);
    put_text(&w, "type", SL_SPAN("dev.sluice.ping"));
    sl_jw_end(&w);
}

static void put_metadata(struct sl_jw *w, struct sl_span origin, struct sl_span id)
{
    sl_jw_key(w, "metadata");
    sl_jw_object(w);
    put_text(w, "log_name", origin);
    sl_jw_key(w, "product");
    sl_jw_object(w);
    put_text(w, "name", SL_SPAN("Sluice"));
    put_text(w, "vendor_name", SL_SPAN("Sluice"));
    sl_jw_end(w);
    put_text(w, "uid", id);
    put_text(w, "version", SL_SPAN("1.8.0"));
    sl_jw_end(w);
}

static void put_ocsf(struct sl_buf *b, struct sl_span origin, struct sl_span id, uint64_t now_us)
{
    struct sl_jw w = sl_jw(b);

    sl_jw_array(&w);
    sl_jw_object(&w);
    put_number(&w, "activity_id", 99);
    put_text(&w, "activity_name", SL_SPAN("ping"));
    put_number(&w, "category_uid", 0);
    put_number(&w, "class_uid", 0);
    put_metadata(&w, origin, id);
    put_number(&w, "severity_id", 1);
    put_number(&w, "time", now_us / 1000);
    put_number(&w, "type_uid", 99);
    sl_jw_end(&w);
    sl_jw_end(&w);
}

static void put_syslog(struct sl_buf *b, struct sl_span id, uint64_t now_us)
{
    SL_BUF(line, LINE_MOST);

    sl_buf_put_str(&line, "<109>1 ");
    sl_when_put(&line, now_us);
    sl_buf_say(&line, " - sluice - ping - \xef\xbb\xbf%S", id);
    sl_buf_say(b, "%U ", (uint64_t)line.n);
    sl_buf_put(b, sl_buf_span(&line));
}

void sl_hook_put_ping(struct sl_buf *b, enum sl_hook_format format, struct sl_span origin,
                      struct sl_span id, uint64_t now_us)
{
    if (format == SL_HOOK_OCSF)
        put_ocsf(b, origin, id, now_us);
    else if (format == SL_HOOK_SYSLOG)
        put_syslog(b, id, now_us);
    else
        put_cloudevent(b, origin, id, now_us);
}
