#!/bin/sh
# Registers a deploy with Bakewatch and waits for its verdict. It needs a POSIX shell, curl and awk, and nothing else. It is one file, so that a
# pipeline can copy it. `bakewatch.sh help` and README.md say how it is used.
set -u
umask 077

usage() {
  cat <<'END'
bakewatch.sh deploy -s SERVICE -e ENVIRONMENT -v VERSION [options]   register a deploy
bakewatch.sh finished ID [options]   a deploy of `--phase started` has finished; its bake begins
bakewatch.sh wait ID [options]       wait until the bake has ended, and exit by its result
bakewatch.sh cancel ID               cancel the bake
bakewatch.sh json FILE               print the values of a JSON file: a path, a tab and a value on a line

  --wait                 wait until the bake has ended (deploy, finished)
  --until clear          stop with 0 as soon as every critical check has ruled out harm
  --timeout 45m          stop waiting after this long, with 7; the bake goes on
  --retry 5m             retry for this long while the server does not answer
  --build-id ID          a repeated step with the same build id is the same deploy
  --commit --image --cause --rollback-of --migrations --phase --deployed-at   as `bakewatch deploy --help` says
  --link TITLE=URL       shown with the deploy; may be repeated
  --meta KEY=VALUE       kept with the release; may be repeated
  --outputs FILE         append id=, url=, state= and summary= to this file
  --fields FILE          write the last answer into this file: a field on a line, its path, a tab and its value

BAKEWATCH_URL        the address of the server
BAKEWATCH_TOKEN      a token; without it, a job of GitHub Actions asks GitHub for one
BAKEWATCH_AUDIENCE   for whom GitHub makes the token; default: BAKEWATCH_URL
BAKEWATCH_ON_CANCEL  `leave`: the bake goes on when this program is ended; default: it is canceled

Exit codes: 0 passed, or clear · 1 error · 2 usage · 3 rolled back · 4 failed, needs a person · 5 inconclusive
            6 canceled or superseded · 7 timed out
END
}

say() { printf '%s\n' "$*"; }
note() { printf '%s\n' "$*" >&2; }
die() { note "bakewatch: $2"; exit "$1"; }
now() { date +%s; }

# --- JSON ---------------------------------------------------------------------------------------------------------------

# Reads a whole JSON text, and prints each of its values on a line: the path, a tab, the value. It refuses what is not JSON. Characters that a
# terminal or a log would act upon become blanks, so that no value can begin a line of its own.
read_json() {
  LC_ALL=C awk '
    function fail() { bad = 1; exit 1 }
    function blanks() { while (index(" \t\r\n", substr(s, p, 1)) && p <= n) p++ }
    function text(   out, rest, q, b, c) {
      p++
      for (;;) {
        rest = substr(s, p)
        q = index(rest, "\""); b = index(rest, "\\")
        if (!q) fail()
        if (!b || q < b) { p += q; return out substr(rest, 1, q - 1) }
        c = substr(rest, b + 1, 1)
        out = out substr(rest, 1, b - 1)
        p += b + 1
        if (c == "u") { out = out unicode(substr(s, p, 4)); p += 4 }
        else if (index("bfnrt", c)) out = out " "
        else if (index("\"\\/", c)) out = out c
        else fail()
      }
    }
    function unicode(hex,   i, code) {
      if (hex !~ /^[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]$/) fail()
      for (i = 1; i <= 4; i++) code = code * 16 + index("0123456789abcdef", tolower(substr(hex, i, 1))) - 1
      return code >= 32 && code < 127 ? sprintf("%c", code) : code < 160 ? " " : "\\u" hex
    }
    function value(path,   c, i, key, word) {
      blanks()
      c = substr(s, p, 1)
      if (c == "\"") { word = text(); gsub(/[\001-\037\177]/, " ", word); print path "\t" word; return }
      if (c != "{" && c != "[") {
        if (!match(substr(s, p, 64), /^(true|false|null|-?[0-9][0-9.eE+-]*)/)) fail()
        word = substr(s, p, RLENGTH); p += RLENGTH; print path "\t" (word == "null" ? "" : word); return
      }
      p++; blanks()
      if (substr(s, p, 1) == (c == "{" ? "}" : "]")) { p++; return }
      for (i = 0; ; i++) {
        key = i
        if (c == "{") {
          blanks(); if (substr(s, p, 1) != "\"") fail()
          key = text(); gsub(/[\001-\037\177]/, " ", key)
          blanks(); if (substr(s, p++, 1) != ":") fail()
        }
        value(path == "" ? key : path "." key)
        blanks()
        word = substr(s, p++, 1)
        if (word == (c == "{" ? "}" : "]")) return
        if (word != ",") fail()
      }
    }
    { s = s $0 "\n" }
    END { if (bad) exit 1; n = length(s); p = 1; value(""); blanks(); exit p <= n }
  ' "$1" > "$2.new" && mv "$2.new" "$2"
}

# The value at a path of the last answer. Nothing for a path that is not there, and for null.
field() { awk -F '\t' -v path="$1" '$1 == path { print substr($0, length(path) + 2); exit }' "$work/fields"; }

# A text as a JSON string.
quote() { printf '"%s"' "$({ printf '%s' "$1" | tr '\000-\037\177' '[ *]'; echo; } | sed 's/["\\]/\\&/g')"; }

# --- calls --------------------------------------------------------------------------------------------------------------

# Runs curl so that a signal interrupts it. curl reads the address and the token from a file: other users of the machine see the arguments.
run_curl() {
  curl -q --silent --show-error --config "$work/curl" --output "$work/body" --dump-header "$work/head" \
    --write-out '%{http_code}' > "$work/status" 2> "$work/error" &
  curl_pid=$!
  wait "$curl_pid" || : > "$work/body"
  curl_pid=
  status=$(cat "$work/status")
}

# Asks GitHub for a token of this job. Such a token works for a few minutes, so a long wait needs several.
find_token() {
  token=${BAKEWATCH_TOKEN:-}
  if [ -n "$token" ] || [ -z "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then return; fi
  printf 'url = "%s"\nget\ndata-urlencode = "audience=%s"\nheader = "authorization: Bearer %s"\nmax-time = 30\n' \
    "$ACTIONS_ID_TOKEN_REQUEST_URL" "${BAKEWATCH_AUDIENCE:-$url}" "${ACTIONS_ID_TOKEN_REQUEST_TOKEN:-}" > "$work/curl"
  run_curl
  read_json "$work/body" "$work/fields" && token=$(field value)
  [ -n "$token" ] && return
  printf 'detail\tGitHub gave no token (%s); the job needs permissions: { id-token: write }\n' "$status" > "$work/fields"
  status=000
  return 1
}

# call METHOD PATH SECONDS [BODY]: sets `status`, and writes the fields of the answer. Without an answer, the status is 000.
call() {
  find_token || return 0
  {
    printf 'url = "%s%s"\nrequest = "%s"\nmax-time = %s\n' "$url" "$2" "$1" "$3"
    [ -z "$token" ] || printf 'header = "authorization: Bearer %s"\n' "$token"
    [ -z "${4:-}" ] || printf 'header = "content-type: application/json"\ndata = "@%s"\n' "$4"
    [ -z "$first_try_ago" ] || printf 'header = "bakewatch-first-try-ago: %s"\n' "$first_try_ago"
    [ -z "${4:-}" ] || [ -z "$key" ] || printf 'header = "idempotency-key: %s"\n' "$key"
  } > "$work/curl"
  run_curl
  if read_json "$work/body" "$work/fields"; then return; fi
  printf 'detail\t%s\n' "$(tr '\000-\037\177' '[ *]' < "$work/error")" > "$work/fields"
  case $status in 2?? | 000) status=000 ;; *) printf 'detail\tthe server answered %s\n' "$status" > "$work/fields" ;; esac
}

# call_again METHOD PATH SECONDS BODY LIMIT: as `call`, and calls again for at most LIMIT seconds while there is no answer.
call_again() {
  began=$(now)
  said=
  first_try_ago=
  while :; do
    call "$1" "$2" "$3" "$4"
    case $status in 000 | 429 | 5??) ;; *) return ;; esac
    pause=$(sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]: *\([0-9][0-9]*\).*/\1/p' "$work/head" 2> /dev/null | tail -n 1)
    case $pause in '' | 0 | ???*) pause=2 ;; esac
    [ "$(($(now) - began + pause))" -le "$5" ] || return 0
    why=$(reason)
    [ "$why" = "$said" ] || note "no answer from $url: $why; retrying"
    said=$why
    sleep "$pause" > /dev/null 2>&1 &
    wait "$!"
    # What was measured since the first try is of this deploy, and not of the time before it.
    [ -z "$4" ] || first_try_ago=$(($(now) - began))
  done
}

reason() { detail=$(field detail); say "${detail:-status $status}"; }

# Ends with the reason, unless the server has done what it was asked.
expect_done() {
  case $status in
    2??) return ;;
    000) die 1 "no answer from $url: $(reason); is the server running, and is BAKEWATCH_URL right?" ;;
    400 | 413 | 422) die 2 "$(reason)" ;;
    *) die 1 "$(reason)" ;;
  esac
}

# --- the deploy ---------------------------------------------------------------------------------------------------------

write_body() {
  {
    printf '{"service":%s,"environment":%s,"version":%s%s' "$(quote "$service")" "$(quote "$environment")" "$(quote "$version")" "$more"
    [ -z "$links" ] || printf ',"links":[%s]' "$links"
    [ -z "$metadata" ] || printf ',"metadata":{%s}' "$metadata"
    printf '}'
  } > "$work/request"
}

register() {
  case "${service:+1}${environment:+1}${version:+1}" in 111) ;; *) die 2 'deploy needs -s SERVICE, -e ENVIRONMENT and -v VERSION' ;; esac
  # With this key, the tries of this call are one deploy.
  [ -n "$build_id" ] || key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  write_body
  call_again POST /v1/deploys 30 "$work/request" "$retry"
  first_try_ago=
  expect_done
  id=$(field id)
  write_outputs id url
  awk -F '\t' '$1 ~ /^warnings\.[0-9]+$/ { print "warning: " $2 }' "$work/fields" >&2
  note "registered $id: $(field url)"
}

finish() {
  call_again POST "/v1/deploys/$id/finished" 30 '' "$retry"
  expect_done
  write_outputs id url
}

write_outputs() {
  [ -z "$outputs" ] || for name in "$@"; do printf '%s=%s\n' "$name" "$(field "$name")" >> "$outputs"; done
}

# Prints what has changed since the last answer: a line for the state, and one for each check with another outcome.
print_changes() {
  awk -F '\t' -v elapsed="$(($(now) - started))" '
    BEGIN { word["pass"] = "ok"; word["fail"] = "FAILS"; word["inconclusive"] = "cannot tell"; word["error"] = "could not be asked" }
    part == 1 { last[$1] = $2; next }
    { value[$1] = substr($0, length($1) + 2) }
    function tell(slot, key, line) {
      now[slot] = key
      if (last[slot] != key) printf "[%ds] %s\n", elapsed, (length(line) > 300 ? substr(line, 1, 297) "..." : line)
    }
    END {
      if (value["final"] == "true") exit
      state = value["state"]; place = value["summary"]
      if (state == "baking") place = "baking until " substr(value["baking.ends_at"], 12, 8) " UTC"
      if (state == "baking" && value["stage.number"] != "")
        place = "stage " value["stage.number"] " of " value["stage.of"] ": " value["stage.weight"] " % of the traffic"
      if (state == "awaiting_approval") place = "waiting for a person to approve the rollback to " value["target"] ": " value["url"]
      for (i = 0; ("checks." i ".name") in value; i++) {
        outcome = value["checks." i ".outcome"]; name = value["checks." i ".name"]
        words = value["checks." i (outcome == "error" ? ".reason" : ".headline")]
        if (outcome != "not_asked") tell("check " name, outcome, name ": " word[outcome] ": " words)
      }
      tell("state", state value["stage.number"] (state == "baking" ? "" : place), place)
      for (slot in now) print slot "\t" now[slot] > changed
    }
  ' changed="$work/last.new" part=1 "$work/last" part=2 "$work/fields" >&2
  [ ! -f "$work/last.new" ] || mv "$work/last.new" "$work/last"
}

print_verdict() {
  awk -F '\t' '
    { value[$1] = substr($0, length($1) + 2) }
    function line(text) { if (text != "" && !said[text]++) print text }
    END {
      state = value["state"]; gsub(/_/, " ", state)
      if (state == "passed" && value["confidence"] == "low") state = "passed, low confidence"
      if (value["target"] != "") state = state " to " value["target"] (value["target_unverified"] == "true" ? " (unverified)" : "")
      print value["service"] " " value["release.version"] " (" value["environment"] "): " (clear ? "clear; the bake goes on" : state)
      for (i = 0; !clear && ("explained." i ".text") in value; i++) {
        line("  " value["explained." i ".text"])
        if (value["explained." i ".because"] != "") line("    " value["explained." i ".because"])
      }
      for (i = 0; !clear && ("asides." i) in value; i++) line("  " value["asides." i])
      print "  " value["url"]
    }
  ' clear="$1" "$work/fields"
}

wait_for_verdict() {
  started=$(now)
  : > "$work/last"
  path=/v1/deploys/$id
  while :; do
    call_again GET "$path" 75 '' 300
    expect_done
    [ -z "$fields" ] || cp "$work/fields" "$fields"
    state=$(field state)
    print_changes
    [ "$(field final)" != true ] || break
    if [ "$goal" = clear ] && [ -n "$(field clear_at)" ] && [ "$state" = baking ]; then print_verdict 1; write_outputs state summary; exit 0; fi
    seconds=30
    if [ -n "$limit" ]; then
      left=$((started + limit - $(now)))
      [ "$left" -gt 0 ] || { note "stopped waiting after ${limit}s; the bake goes on"; write_outputs state summary; exit 7; }
      [ "$left" -ge "$seconds" ] || seconds=$left
    fi
    path="/v1/deploys/$id/wait?timeout=${seconds}s&after=$(field bake_version)${goal:+&until=clear}"
  done
  print_verdict ''
  write_outputs state summary
  case $state in passed) exit 0 ;; rolled_back) exit 3 ;; failed) exit 4 ;; inconclusive) exit 5 ;; canceled | superseded) exit 6 ;; esac
  die 1 "this state is not known: $state"
}

cancel_bake() {
  call POST "/v1/deploys/$id/cancel" 5
  case $status in 2??) note "canceled the bake of $id" ;; *) note "the bake of $id was not canceled: $(reason)" ;; esac
}

# The job was ended. CI servers give a program a few seconds to end by itself.
stop() {
  trap '' INT TERM HUP
  [ -z "$curl_pid" ] || kill "$curl_pid" 2> /dev/null
  [ "${BAKEWATCH_ON_CANCEL:-}" != leave ] || { note 'ended; the bake goes on'; exit "$1"; }
  # The server may have registered the deploy without this program knowing its id. The same key finds it.
  if [ -z "$id" ] && [ -f "$work/request" ]; then call POST /v1/deploys 5 "$work/request"; case $status in 2??) id=$(field id) ;; esac; fi
  [ -z "$id" ] || cancel_bake
  exit "$1"
}

# --- the command line ---------------------------------------------------------------------------------------------------

# A duration such as 1h30m in seconds.
seconds_of() {
  printf '%s\n' "$1" | awk '!/^([0-9]+[dhms])+$/ { exit 1 }
    { gsub(/[dhms]/, "& "); for (i = 1; i <= NF; i++) { u = substr($i, length($i)); s += $i * (u == "d" ? 86400 : u == "h" ? 3600 : u == "m" ? 60 : 1) }; print s }' ||
    die 2 "a duration looks like 45m or 1h30m, not \"$1\""
}

pair_of() { case $2 in ?*=*) ;; *) die 2 "$1 takes NAME=VALUE, not \"$2\"" ;; esac; }

command=${1:-help}
[ $# -eq 0 ] || shift
id='' service='' environment='' version='' more='' links='' metadata='' build_id='' key='' waits='' goal='' limit='' retry=300
outputs='' fields='' curl_pid='' status=000 token='' first_try_ago=''
case $command in
  deploy) ;;
  finished | wait | cancel) id=${1:-}; [ $# -eq 0 ] || shift ;;
  help | -h | --help) usage; exit 0 ;;
  json) work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && read_json "${1:-}" "$work/fields" 2> /dev/null && cat "$work/fields"; exit ;;
  *) usage >&2; die 2 "there is no command \"$command\"" ;;
esac
while [ $# -gt 0 ]; do
  case $1 in
    --wait) waits=1; shift; continue ;;
    --force) more="$more,\"force\":true"; shift; continue ;;
    -*) [ $# -gt 1 ] || die 2 "$1 needs a value, or is not an option" ;;
    *) die 2 "\"$1\" is not expected here" ;;
  esac
  case $1 in
    -s | --service) service=$2 ;;
    -e | --environment) environment=$2 ;;
    -v | --version) version=$2 ;;
    --build-id) build_id=$2; more="$more,\"build_id\":$(quote "$2")" ;;
    --commit | --image | --cause | --migrations | --phase) more="$more,\"${1#--}\":$(quote "$2")" ;;
    --rollback-of) more="$more,\"rollback_of\":$(quote "$2")" ;;
    --deployed-at) more="$more,\"deployed_at\":$(quote "$2")" ;;
    --link) pair_of "$1" "$2"; links="$links${links:+,}{\"title\":$(quote "${2%%=*}"),\"url\":$(quote "${2#*=}")}" ;;
    --meta) pair_of "$1" "$2"; metadata="$metadata${metadata:+,}$(quote "${2%%=*}"):$(quote "${2#*=}")" ;;
    --until) [ "$2" = clear ] || [ "$2" = final ] || die 2 "--until takes clear or final, not \"$2\""; goal=${2#final} ;;
    --timeout) limit=$(seconds_of "$2") || exit 2 ;;
    --retry) retry=$(seconds_of "$2") || exit 2 ;;
    --outputs) outputs=$2 ;;
    --fields) fields=$2 ;;
    *) die 2 "there is no option $1; see \`bakewatch.sh help\`" ;;
  esac
  shift 2
done

url=${BAKEWATCH_URL:-}
url=${url%/}
case $url in
  '') die 2 'set BAKEWATCH_URL to the address of the server, such as https://bakewatch.example.com' ;;
  *[!A-Za-z0-9.:/_~%\[\]-]*) die 2 'BAKEWATCH_URL is not an address' ;;
  https://* | http://localhost | http://localhost[:/]* | http://127.0.0.1 | http://127.0.0.1[:/]* | http://\[::1\]*) ;;
  http://*) [ "${BAKEWATCH_INSECURE:-}" = 1 ] || die 2 "$url is plain HTTP to another machine: the token could be read on the way; use https, or set BAKEWATCH_INSECURE=1" ;;
  *) die 2 'BAKEWATCH_URL must begin with https://' ;;
esac
case ${BAKEWATCH_TOKEN:-} in *[!A-Za-z0-9._~+/=-]*) die 2 'BAKEWATCH_TOKEN has a character that no token has: is a newline at its end?' ;; esac
case $command$id in deploy) ;; *[!A-Za-z0-9-]*) die 2 "\"$id\" is not the id of a deploy" ;; finished | wait | cancel) die 2 "$command needs the id of a deploy" ;; esac
case $command in wait) waits=1 ;; esac

work=$(mktemp -d) || die 1 'no folder for temporary files could be made'
trap 'rm -rf "$work"' EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

case $command in
  deploy) register ;;
  finished) finish ;;
  cancel) cancel_bake; case $status in 2??) exit 0 ;; *) exit 1 ;; esac ;;
esac
[ -z "$waits" ] || wait_for_verdict
say "$id"
field url
