"""A client of libpq 18 in a process of its own: libpq18.py LIBPQ CONNINFO SQL, tokens on stdin, one a line.

The hook gives libpq the next of the tokens each time that it asks for one. Out: one JSON object {"ok", "error", "value",
"asked": [[discovery URL, scope], ..]}."""

import ctypes
import json
import sys

OAUTH_BEARER_TOKEN = 1      # PGauthData


class Request(ctypes.Structure):        # PGoauthBearerRequest
    _fields_ = [("openid_configuration", ctypes.c_char_p), ("scope", ctypes.c_char_p), ("run", ctypes.c_void_p),
                ("cleanup", ctypes.c_void_p), ("token", ctypes.c_void_p), ("user", ctypes.c_void_p)]


def main(library, conninfo, sql):
    pq = ctypes.CDLL(library)
    pq.PQconnectdb.restype = pq.PQexec.restype = ctypes.c_void_p
    pq.PQerrorMessage.restype = pq.PQgetvalue.restype = pq.PQresultErrorMessage.restype = ctypes.c_char_p
    tokens, kept, asked = sys.stdin.read().split(), [], []
    hook_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)

    def hook(kind, _connection, data):
        if kind != OAUTH_BEARER_TOKEN:
            return 0
        request = ctypes.cast(data, ctypes.POINTER(Request)).contents
        asked.append([(s or b"").decode() for s in (request.openid_configuration, request.scope)])
        if not tokens:
            return -1
        kept.append(ctypes.create_string_buffer(tokens.pop(0).encode()))
        request.token = ctypes.cast(kept[-1], ctypes.c_void_p).value
        return 1

    keep = hook_type(hook)
    pq.PQsetAuthDataHook(keep)
    connection = ctypes.c_void_p(pq.PQconnectdb(conninfo.encode()))
    ok = pq.PQstatus(connection) == 0
    said = {"ok": ok, "error": pq.PQerrorMessage(connection).decode(), "asked": asked, "value": None}
    if ok:
        result = ctypes.c_void_p(pq.PQexec(connection, sql.encode()))
        said["error"] = pq.PQresultErrorMessage(result).decode()
        said["value"] = (pq.PQgetvalue(result, 0, 0) or b"").decode() if pq.PQntuples(result) else None
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
