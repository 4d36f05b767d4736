#!/bin/sh
# Switches the shop to a release, or says which one it runs. This is the script that both the "pipeline" and Bakewatch's hook call.
#   ./switch.sh VERSION      put the release in releases/VERSION into service
#   ./switch.sh --current    print the version that the link `current` points to
set -eu
home=$(cd "$(dirname "$0")" && pwd)

current() { basename "$(readlink "$home/current")"; }

version=${1:?"usage: switch.sh VERSION | --current"}
if [ "$version" = --current ]; then
  current
  exit 0
fi

# A version is the name of a folder and nothing else.
case $version in
  *[!A-Za-z0-9._-]* | .* | -*) echo "not a version: $version" >&2 && exit 2 ;;
esac
if [ ! -d "$home/releases/$version" ]; then
  echo "there is no release $version in $home/releases" >&2
  exit 1
fi

# A new link renamed over the old one: at every instant `current` is one release or the other, never nothing.
ln -sfn "releases/$version" "$home/current.next"
mv -fT "$home/current.next" "$home/current" 2>/dev/null || mv -fh "$home/current.next" "$home/current"

# As `systemctl reload shop` would.
if [ -f "$home/supervisor.pid" ]; then kill -HUP "$(cat "$home/supervisor.pid")"; fi
echo "the shop now runs $(current)"
