#!/bin/sh
# The steps of action.yml: step.sh register|deployment|wait|cancel. All values come from variables.
set -u
umask 077
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
bakewatch=$here/../sh/bakewatch.sh
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

field() { awk -F '\t' -v path="$1" '$1 == path { print substr($0, length(path) + 2); exit }' "$work/fields"; }

# A text as the message of a workflow command.
escape() { printf '%s' "$1" | tr '\000-\037\177' '[ *]' | sed 's/%/%25/g'; }
annotate() { printf '::%s title=Bakewatch::%s\n' "$1" "$(escape "$2")"; }

# Runs bakewatch.sh. No line that it prints is a command to the runner. A signal is passed on, and its end awaited.
run() {
  mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$mark"
  sh "$bakewatch" "$@" &
  child=$!
  trap 'kill -TERM "$child" 2> /dev/null' INT TERM HUP
  wait "$child"
  code=$?
  while kill -0 "$child" 2> /dev/null; do wait "$child"; code=$?; done
  trap - INT TERM HUP
  printf '::%s::\n' "$mark"
  return "$code"
}

# Calls GitHub: api METHOD PATH [BODY]. Writes the fields of the answer. A failure is a warning: it is no reason to fail a deploy.
api() {
  {
    printf 'url = "%s/repos/%s/%s"\nrequest = "%s"\nmax-time = 20\n' "${GITHUB_API_URL:-https://api.github.com}" "$GITHUB_REPOSITORY" "$2" "$1"
    printf 'header = "authorization: Bearer %s"\nheader = "accept: application/vnd.github+json"\n' "${GITHUB_TOKEN:-}"
    [ -z "${3:-}" ] || printf 'header = "content-type: application/json"\ndata = "@%s/request"\n' "$work"
  } > "$work/curl"
  printf '%s' "${3:-}" > "$work/request"
  status=$(curl -q --silent --config "$work/curl" --output "$work/answer" --write-out '%{http_code}')
  sh "$bakewatch" json "$work/answer" > "$work/fields" || : > "$work/fields"
  case $status in
    2??) return 0 ;;
  esac
  annotate warning "the deployment of GitHub could not be updated ($status): $(field message); the job needs permissions: { deployments: write }"
  return 1
}

quote() { printf '"%s"' "$({ printf '%s' "$1" | tr '\000-\037\177' '[ *]'; echo; } | sed 's/["\\]/\\&/g')"; }

# set_status STATE DESCRIPTION. GitHub takes at most 140 characters, so all are of one byte and none needs an escape.
set_status() {
  [ -n "${DEPLOYMENT:-}" ] || return 0
  description=$(printf '%s' "$2" | tr '"' "'" | tr -d '\134' | LC_ALL=C tr -cd '\040-\176' | cut -c 1-140)
  api POST "deployments/$DEPLOYMENT/statuses" \
    "{\"state\":\"$1\",\"description\":$(quote "$description"),\"log_url\":$(quote "$PAGE"),\"auto_inactive\":false}" || :
}

# Finds the deployment that GitHub has made for the environment of this job, or makes one.
find_deployment() {
  name=$(printf '%s' "$DEPLOYMENT_ENVIRONMENT" | sed 's/%/%25/g; s/ /%20/g; s/&/%26/g; s/#/%23/g; s/+/%2B/g; s/?/%3F/g')
  api GET "deployments?sha=$COMMIT&environment=$name&per_page=1" || return 0
  DEPLOYMENT=$(field 0.id)
  if [ -z "$DEPLOYMENT" ]; then
    body="{\"ref\":$(quote "$COMMIT"),\"environment\":$(quote "$DEPLOYMENT_ENVIRONMENT"),\"auto_merge\":false,\"required_contexts\":[],\"description\":\"watched by Bakewatch\"}"
    api POST deployments "$body" || return 0
    DEPLOYMENT=$(field id)
  fi
  case $DEPLOYMENT in '' | *[!0-9]*) return 0 ;; esac
  printf 'id=%s\n' "$DEPLOYMENT" >> "$GITHUB_OUTPUT"
  set_status in_progress 'baking'
}

# The verdict, the checks and the link as Markdown.
summarize() {
  awk -F '\t' '
    function plain(text) {
      gsub(/&/, "\\&amp;", text); gsub(/\\/, "\\&#92;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text)
      gsub(/\|/, "\\&#124;", text); gsub(/\*/, "\\&#42;", text); gsub(/_/, "\\&#95;", text); gsub(/`/, "\\&#96;", text)
      gsub(/\[/, "\\&#91;", text); gsub(/~/, "\\&#126;", text); gsub(/@/, "\\&#64;", text)
      return text
    }
    BEGIN { word["pass"] = "ok"; word["fail"] = "**fails**"; word["inconclusive"] = "cannot tell"; word["error"] = "could not be asked"; word["not_asked"] = "not asked" }
    { value[$1] = substr($0, length($1) + 2) }
    END {
      state = value["state"]; gsub(/_/, " ", state)
      if (value["target"] != "") state = state " to " value["target"]
      print "### " plain(value["service"] " " value["release.version"] " (" value["environment"] "): " state) "\n"
      for (i = 0; ("explained." i ".text") in value; i++) print "- " plain(value["explained." i ".text"])
      for (i = 0; ("asides." i) in value; i++) print "- " plain(value["asides." i])
      if ("checks.0.name" in value) print "\n| check | " (value["state"] == "rolled_back" ? "after the rollback" : "result") " | |\n|---|---|---|"
      for (i = 0; ("checks." i ".name") in value; i++)
        print "| " plain(value["checks." i ".name"]) " | " word[value["checks." i ".outcome"]] " | " plain(value["checks." i ".headline"]) " |"
      if (value["url"] ~ /^https?:\/\/[^ <>()]*$/) print "\n[The page of this deploy](" value["url"] ")\n"
    }
  ' "$work/fields" >> "$GITHUB_STEP_SUMMARY"
}

case ${1:-} in
  register)
    if [ -n "$FINISHED" ]; then
      run finished "$FINISHED" --retry "$RETRY" --outputs "$GITHUB_OUTPUT"
      exit
    fi
    set -- deploy -s "$SERVICE" -e "$ENVIRONMENT" -v "$VERSION" --build-id "$BUILD_ID" --retry "$RETRY" --outputs "$GITHUB_OUTPUT"
    [ -z "$COMMIT" ] || set -- "$@" --commit "$COMMIT"
    [ -z "$IMAGE" ] || set -- "$@" --image "$IMAGE"
    [ -z "$MIGRATIONS" ] || set -- "$@" --migrations "$MIGRATIONS"
    [ -z "$PHASE" ] || set -- "$@" --phase "$PHASE"
    run "$@" --link "pipeline=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
    ;;
  deployment) find_deployment ;;
  wait)
    # The step `cancel` cancels the bake, so that it is canceled once.
    BAKEWATCH_ON_CANCEL=leave
    export BAKEWATCH_ON_CANCEL
    run wait "$ID" --until "$UNTIL" --timeout "$TIMEOUT" --outputs "$GITHUB_OUTPUT" --fields "$work/answer.fields"
    result=$?
    # Without a verdict there is nothing to show: an error, or the job was canceled.
    case $result in
      0 | [3-7]) ;;
      1 | 2) set_status error 'the verdict is not known'; exit "$result" ;;
      *) exit "$result" ;;
    esac
    cp "$work/answer.fields" "$work/fields"
    summarize
    what="$(field service) $(field release.version): $(field summary)"
    state=$(field state)
    [ "$result" -ne 0 ] || [ "$state" != baking ] || state=clear
    case $state in
      passed | clear) set_status success "$what" ;;
      rolled_back | failed) annotate error "$what - $PAGE"; set_status failure "$what" ;;
      inconclusive) annotate error "$what - $PAGE"; set_status error "$what" ;;
      # A newer deploy is watched now: nothing is wrong with this run.
      superseded) annotate notice "$what"; set_status inactive "$what"; result=0 ;;
      canceled) annotate warning "$what"; set_status inactive "$what" ;;
      *) [ "$result" -ne 7 ] || annotate warning "$what: this job waits no longer, and the bake goes on - $PAGE" ;;
    esac
    exit "$result"
    ;;
  cancel)
    [ "${BAKEWATCH_ON_CANCEL:-}" != leave ] || exit 0
    run cancel "$ID"
    set_status inactive 'the job was canceled, and with it the bake'
    ;;
  *) exit 2 ;;
esac
