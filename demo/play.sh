# The demonstration itself; started by script/demo, which built Sluice and put it on PATH.
# arguments: true|false (play by itself), the folder to use or an empty word
set -euo pipefail
auto=$1
state=$2
here=$PWD/demo
tools=/usr/lib/postgresql/15/bin
keep=true
if [[ -z $state ]]; then
    state=$(mktemp -d)
    keep=false
fi
mkdir -p "$state" && chmod 711 "$state"
state=$(cd "$state" && pwd)
server_started=false
gateway=
failures=0

# --- the stage -----------------------------------------------------------------------------------------

as_server_user()
{
    if ((EUID == 0)); then
        setpriv --reuid postgres --regid postgres --clear-groups -- "$@"
    else
        "$@"
    fi
}

clean_up()
{
    local code=$?
    trap - EXIT INT TERM
    [[ -z $gateway ]] || { kill "$gateway" 2>/dev/null && wait "$gateway" 2>/dev/null || true; }
    ! $server_started || as_server_user "$tools/pg_ctl" -D "$state/postgres" -m immediate stop >/dev/null 2>&1 || true
    $keep || rm -rf "$state"
    exit "$code"
}
trap clean_up EXIT INT TERM

free_port()
{
    python3 - <<'P'
import random, socket
for port in random.sample(range(20000, 32000), 200):
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(port)
        break
P
}

start_server()
{
    local port=$1
    if [[ -d $state/postgres ]]; then
        as_server_user "$tools/pg_ctl" -D "$state/postgres" -w -l "$state/postgres.log" \
            -o "-p $port -k $state/postgres -c listen_addresses=127.0.0.1" start >/dev/null
        server_started=true
        return
    fi
    mkdir -p "$state/postgres" && chmod 700 "$state/postgres"
    touch "$state/postgres.log"
    ((EUID != 0)) || chown postgres: "$state/postgres" "$state/postgres.log"
    as_server_user "$tools/initdb" -D "$state/postgres" -U postgres -A scram-sha-256 --auth-local=trust \
        >/dev/null
    as_server_user "$tools/pg_ctl" -D "$state/postgres" -w -l "$state/postgres.log" \
        -o "-p $port -k $state/postgres -c listen_addresses=127.0.0.1" start >/dev/null
    server_started=true
    (umask 077 && head -c 24 /dev/urandom | base64 | tr -d '/+=\n' >"$state/shop_app.pass")
    as_server_user "$tools/psql" -X -q -h "$state/postgres" -p "$port" -U postgres -d postgres \
        -v password="$(cat "$state/shop_app.pass")" >/dev/null <<'S'
CREATE ROLE shop_app LOGIN PASSWORD :'password';
CREATE DATABASE shop OWNER shop_app;
S
    PGPASSWORD=$(cat "$state/shop_app.pass") psql -X -q -h 127.0.0.1 -p "$port" -U shop_app -d shop \
        -v ON_ERROR_STOP=1 -f "$here/shop.sql" >/dev/null
}

make_people()
{
    [[ ! -e $state/people ]] || return 0
    local folder=$state/state
    sluice identity add carol --kind human --group engineers --state "$folder" >"$state/carol.code"
    sluice identity add rita --kind human --group data-stewards --group dba --state "$folder" >"$state/rita.code"
    sluice identity add ada --kind human --group admins --state "$folder" >"$state/ada.code"
    sluice identity add adi --kind human --group admins --state "$folder" >"$state/adi.code"
    sluice identity add agent-7 --kind agent --owner carol --group agents --state "$folder" >/dev/null
    (umask 077 && sluice token create agent-7 --ttl 24h --state "$folder" >"$state/agent-7.token")
    touch "$state/people"
}

start_gateway()
{
    (cd "$state" && exec sluice serve --config "$state/sluice.yaml") >"$state/ready" 2>"$state/sluice.log" &
    gateway=$!
    for _ in $(seq 100); do
        ! grep -qx ready "$state/ready" || return 0
        kill -0 "$gateway" 2>/dev/null || break
        sleep 0.1
    done
    echo 'demo: Sluice did not start; its log says:' >&2
    tail -5 "$state/sluice.log" >&2
    return 1
}

claim() # person: the one-time code becomes a credential
{
    [[ ! -e $state/$1.credential ]] || return 0
    sluice enroll "$(grep -o 'slc_[A-Za-z0-9_-]*' "$state/$1.code")" --url "$url" --save "$state/$1.credential" >/dev/null
}

server_port=$(free_port)
gate_port=$(free_port)
http_port=$(free_port)
url=http://127.0.0.1:$http_port
echo "Starting a throw-away PostgreSQL and Sluice in $state ..."
start_server "$server_port"
sed -e "s/@GATE_PORT@/$gate_port/; s/@HTTP_PORT@/$http_port/; s/@SERVER_PORT@/$server_port/" \
    "$here/sluice.yaml" >"$state/sluice.yaml"
make_people
start_gateway
claim carol
claim rita
claim ada
claim adi
export PGPASSWORD
PGPASSWORD=$(cat "$state/agent-7.token")
agent=(psql -X -h 127.0.0.1 -p "$gate_port" -U agent-7 -d shop)

# --- by hand -------------------------------------------------------------------------------------------

if ! $auto; then
    cat <<T

Sluice holds what is risky. Everything below works in other terminals.

  The agent (its password is a token):
    export PGPASSWORD=\$(cat $state/agent-7.token)
    psql -h 127.0.0.1 -p $gate_port -U agent-7 -d shop
      select city, count(*) from customers group by city;     flows
      \\copy customers to 'customers.csv' csv                  held until somebody says yes
      drop table staging.import_batch;                        denied

  Its owner, who may not say yes, and a reviewer, who may:
    export PATH=$(dirname "$(command -v sluice)"):\$PATH SLUICE_URL=$url
    sluice approvals --credential-file $state/rita.credential      what waits, with its ID
    sluice show ID --credential-file $state/rita.credential        the last letters of it are enough
    sluice console --credential-file $state/rita.credential        a link: the same in a browser
    sluice approve ID --reason 'quarterly report' --credential-file $state/carol.credential
    sluice approve ID --reason 'quarterly report' --credential-file $state/rita.credential

  The proof:
    sluice ledger verify $state/state/ledger --key $state/state/ledger/key.pub

Ctrl-C ends it$($keep || echo ' and removes the folder').
T
    wait "$gateway"
    exit
fi

# --- by itself -----------------------------------------------------------------------------------------

say() { printf '\n== %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; }
indent() { sed 's/^/  /'; }

expect() # description, pattern, text
{
    if grep -qE -- "$2" <<<"$3"; then
        echo "  -> $1"
    else
        echo "  -> WRONG: expected: $1"
        failures=$((failures + 1))
    fi
}

run() # command and arguments: prints both, leaves the output in $output
{
    output=$("$@" 2>&1) || true
    head -12 <<<"$output" | indent
}

pending_id()
{
    for _ in $(seq 50); do
        local id
        id=$(sluice approvals --json --url "$url" --credential-file "$state/rita.credential" |
            grep -oE '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}' | head -1)
        [[ -z $id ]] || { echo "$id" && return; }
        sleep 0.1
    done
    return 1
}

say 'agent-7 reads harmless rows: they flow'
query='select city, count(*) from customers group by city order by city'
show "psql -U agent-7 -d shop -c '$query'"
run "${agent[@]}" -c "$query"
expect 'four cities, nothing held' 'Zagreb' "$output"

say 'agent-7 exports the customers: held'
show "psql -U agent-7 -d shop -c \"set sluice.reason = 'quarterly report for carol'\" -c '\\copy customers to customers.csv csv'"
"${agent[@]}" -c "set sluice.reason = 'quarterly report for carol'" \
    -c "\\copy customers to '$state/customers.csv' csv" >"$state/export.out" 2>&1 &
export_job=$!
id=$(pending_id) || { echo '  -> WRONG: nothing is held' && exit 1; }
indent <"$state/export.out"
expect 'its client is told at once' 'NOTICE:  held' "$(cat "$state/export.out")"
expect 'nothing has left yet' '^0$' "$(stat -c %s "$state/customers.csv" 2>/dev/null || echo 0)"

say 'carol owns the agent and tries to say yes: refused'
show "sluice approve $id --reason 'it is mine'        (as carol)"
run sluice approve "$id" --yes --reason 'it is mine' --url "$url" --credential-file "$state/carol.credential"
expect 'an owner does not decide' '[Oo]wner|own ' "$output"

say 'rita, a data steward, looks and says yes: it runs, once'
show "sluice show $id                                  (as rita)"
sluice show "$id" --url "$url" --credential-file "$state/rita.credential" 2>&1 | head -14 | indent
show "sluice approve $id --reason 'seen with finance' (as rita)"
run sluice approve "$id" --yes --reason 'seen with finance' --url "$url" --credential-file "$state/rita.credential"
wait "$export_job" || true
expect '480 customers arrived' '^480$' "$(wc -l <"$state/customers.csv")"

say 'the same grant again: refused'
show "sluice approve $id --reason again               (as rita)"
run sluice approve "$id" --yes --reason again --url "$url" --credential-file "$state/rita.credential"
expect 'a grant is spent once, ever' 'spent|no longer|not pending' "$output"
"${agent[@]}" -c "\\copy customers to '$state/again.csv' csv" >"$state/again.out" 2>&1 &
again_job=$!
again=$(pending_id) || again=
expect 'the same statement is held anew' '.' "$again"
[[ -z $again ]] || sluice deny "$again" --yes --reason 'once was enough' --url "$url" \
    --credential-file "$state/rita.credential" >/dev/null 2>&1 || true
wait "$again_job" || true
indent <"$state/again.out"
expect 'and denied' 'once was enough|denied' "$(cat "$state/again.out")"

say 'agent-7 drops a table: denied'
show "psql -U agent-7 -d shop -c 'drop table staging.import_batch'"
run "${agent[@]}" -c 'drop table staging.import_batch'
expect 'no approval can help here' 'agents never drop' "$output"

say 'somebody at the shell makes a reviewer up: two other people have to say yes first'
show 'sluice identity add mallory --kind human --group data-stewards'
made=(sluice identity add mallory --kind human --group data-stewards --state "$state/state")
run "${made[@]}"
expect 'it is held, as a statement would be' 'another person decides' "$output"
id=$(grep -oE '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}' <<<"$output" | head -1)
show "sluice deny $id --reason 'who is that?'         (as ada)"
run sluice deny "$id" --yes --reason 'who is that?' --url "$url" --credential-file "$state/ada.credential"
run sluice identity list --state "$state/state"
expect 'nobody was made up' '^agent-7 ' "$output"
expect 'mallory is not there' '^0$' "$(grep -c mallory <<<"$output")"

say 'the ledger verifies'
key=$(cat "$state/state/ledger/key.pub")
sleep 1.5 # the next checkpoint
show 'sluice ledger verify state/ledger --key KEY'
if run sluice ledger verify "$state/state/ledger" --key "$key" && sluice ledger verify "$state/state/ledger" --key "$key" >/dev/null 2>&1; then
    expect 'tree and meaning are right' '.' x
else
    expect 'tree and meaning are right' '.' ''
fi

say 'one byte of its history is flipped: found'
cp -r "$state/state/ledger" "$state/forged"
entries=$(find "$state/forged/tile/entries" -type f | sort -V | tail -1)
python3 - "$entries" <<'P'
import sys
with open(sys.argv[1], "r+b") as f:
    data = bytearray(f.read())
    data[len(data) // 2] ^= 1
    f.seek(0)
    f.write(data)
P
show 'sluice ledger verify forged --key KEY'
run sluice ledger verify "$state/forged" --key "$key"
expect 'the change is found' 'WRONG|wrong' "$output"
if sluice ledger verify "$state/forged" --key "$key" >/dev/null 2>&1; then
    expect 'and the exit code says so' '.' ''
fi

printf '\n%s\n' "$( ((failures == 0)) && echo 'Everything went as promised.' || echo "$failures steps went wrong.")"
exit $((failures > 0))
