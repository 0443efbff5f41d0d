/* CPU to find out what a token is worth: unseen, with each algorithm, and of one that was seen (its
 * digest, and a full cache asked for it). Prints a line for each: name, microseconds. */
#include "../tests/unit/soft_issuer.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 11, TIMES = 300, TIMES_CACHED = 20000, ENTRIES = 4096 };

/* As long as what CI systems and providers of companies send. */
static const char payload[] =
    "{\"iss\":\"https://login.example/5f3a4c1e-8f1d-4d59-9b59-0a7f1cbb1f01/v2.0\",\"sub\":"
    "\"repo:octo-org/octo-repo:environment:production\",\"aud\":\"sluice\",\"exp\":1800000600,"
    "\"iat\":1800000000,\"nbf\":1800000000,\"jti\":\"235b3a54-b797-45c7-ae9a-f72d7bc6ef5b\","
    "\"environment\":\"production\",\"ref\":\"refs/heads/main\",\"sha\":"
    "\"714a629c0b401fdce83e847fc9589983fc6f46bc\",\"repository\":\"octo-org/octo-repo\","
    "\"repository_owner\":\"octo-org\",\"repository_visibility\":\"private\",\"repository_id\":"
    "\"74\",\"repository_owner_id\":\"65\",\"run_id\":\"1839246537\",\"run_number\":\"10\","
    "\"run_attempt\":\"1\",\"actor\":\"octocat\",\"actor_id\":\"12\",\"workflow\":\"deploy\","
    "\"event_name\":\"workflow_dispatch\",\"ref_type\":\"branch\",\"job_workflow_ref\":"
    "\"octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main\",\"groups\":"
    "[\"5f3a4c1e\",\"8f1d4d59\",\"9b590a7f\",\"1cbb1f01\",\"engineers\",\"dba\",\"on-call\","
    "\"data-stewards\"],\"name\":\"The Octocat\",\"acr\":\"urn:mfa\",\"amr\":[\"pwd\",\"otp\"]}";

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool check_once(struct sl_span token, const struct sl_oidc_keys *keys, uint32_t algorithm,
                       struct sl_arena *mem)
{
    const struct sl_span audience = SL_SPAN("sluice");
    struct sl_oidc_wanted w = {
        .issuer = SL_SPAN("https://login.example/5f3a4c1e-8f1d-4d59-9b59-0a7f1cbb1f01/v2.0"),
        .algorithms = algorithm,
        .type = SL_OIDC_JWT,
        .audiences = &audience,
        .audience_count = 1,
        .now_s = 1800000100,
        .name_claim = SL_SPAN("name"),
        .groups_claim = SL_SPAN("groups")};
    struct sl_oidc_claims claims;

    sl_arena_reset(mem);
    return sl_oidc_check(token, keys, &w, mem, &claims) == SL_OIDC_YES;
}

static double best_unseen(struct sl_span token, const struct sl_oidc_keys *keys, uint32_t algorithm,
                          struct sl_arena *mem)
{
    double best = 1e9;

    for (unsigned round = 0; round < ROUNDS; round++) {
        double from = cpu_us();
        for (unsigned i = 0; i < TIMES; i++)
            if (!check_once(token, keys, algorithm, mem))
                return -1;
        double us = (cpu_us() - from) / TIMES;
        best = us < best ? us : best;
    }
    return best;
}

static bool measure(const char *name, struct sl_buf *token)
{
    struct issuer_key key = issuer_key("the-key-of-this-month", name);
    SL_FREED_BY(sl_oidc_keys) struct sl_oidc_keys *keys = NULL;
    SL_FREED_BY(sl_arena) struct sl_arena *mem = NULL;
    SL_BUF(set, 8000);
    SL_BUF(header, 200);

    sl_buf_put_str(&set, "{\"keys\":[");
    put_jwk(&set, &key, "");
    sl_buf_put_str(&set, "]}");
    sl_buf_say(&header, "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"JWT\"}", name, key.id);
    sl_buf_reset(token);
    put_token(token, &key, sl_buf_text(&header), payload);
    issuer_key_free(&key);
    if (sl_oidc_keys_read(sl_buf_span(&set), &keys) != SL_OIDC_YES ||
        sl_arena_new(&mem, 64 * 1024) != SL_OK)
        return false;
    uint32_t algorithm = sl_oidc_algorithm_of(sl_span_str(name));
    printf("unseen, %s\t%.3f\n", name, best_unseen(sl_buf_span(token), keys, algorithm, mem));
    return true;
}

static bool seen(struct sl_oidc_cache *cache, struct sl_span token)
{
    uint8_t digest[SL_SHA256];
    struct sl_span value;

    sl_sha256(token, digest);
    return sl_oidc_cache_get(cache, digest, 1, 1800000100, &value);
}

static bool measure_cached(struct sl_span token)
{
    SL_FREED_BY(sl_oidc_cache) struct sl_oidc_cache *cache = NULL;
    uint8_t digest[SL_SHA256];
    double best = 1e9;

    if (sl_oidc_cache_new(&cache, ENTRIES) != SL_OK)
        return false;
    for (unsigned i = 0; i < ENTRIES; i++) {
        sl_sha256(sl_span(&i, sizeof i), digest);
        sl_oidc_cache_put(cache, digest, 1, 1800000200, SL_SPAN("carol"));
    }
    sl_sha256(token, digest);
    sl_oidc_cache_put(cache, digest, 1, 1800000600, SL_SPAN("carol"));
    for (unsigned round = 0; round < ROUNDS; round++) {
        double from = cpu_us();
        for (unsigned i = 0; i < TIMES_CACHED; i++)
            if (!seen(cache, token))
                return false;
        double us = (cpu_us() - from) / TIMES_CACHED;
        best = us < best ? us : best;
    }
    printf("seen\t%.3f\n", best);
    return true;
}

int main(void)
{
    static const char *const names[] = {"RS256", "PS256", "ES256", "EdDSA"};
    SL_BUF(token, 16 * 1024);

    for (size_t i = 0; i < SL_COUNT(names); i++)
        if (!measure(names[i], &token))
            return 1;
    return measure_cached(sl_buf_span(&token)) ? 0 : 1;
}
