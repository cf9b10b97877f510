# What the scripts of this folder share: speaking, processes with pid files, waiting, secrets. Sourced, never run.
# shellcheck shell=bash

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=compose/settings.sh
. "$project/compose/settings.sh"
[[ $SYNCLINE_BUILD == /* ]] || SYNCLINE_BUILD=$project/$SYNCLINE_BUILD
run=$SYNCLINE_DATA/run logs=$SYNCLINE_DATA/log conf=$SYNCLINE_DATA/syncline.conf

bold='' dim='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; fi

# say WHAT TEXT: one aligned line with the seconds since the script began.
say() { printf '%s%4ds%s  %s%-13s%s %s\n' "$dim" "$SECONDS" "$plain" "$bold" "$1" "$plain" "${*:2}"; }

# die PROBLEM [WHAT TO DO]...: one line each.
die() {
  printf '%s%s: %s%s\n' "$red" "${0##*/}" "$1" "$plain" >&2
  shift
  [ $# = 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

wants_help() { [[ " $* " == *" --help "* || " $* " == *" -h "* ]]; }

# The comment at the top of a script is its help.
help_text() { sed -n '2,/^[^#]/{/^#/!q; s/^# \{0,1\}//; p}' "$1"; exit 0; }
