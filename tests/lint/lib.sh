# What the checks share: the list of sources, and one way to tell findings. Sourced, never run.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
findings=0

# finding TEXT: one line, FILE:LINE first where there is one, with the remedy in it.
finding() {
  printf '%s\n' "$*"
  findings=$((findings + 1))
}

# Ends the check: 0 when nothing was found.
conclude() {
  [ "$findings" = 0 ] || printf '%d finding(s)\n' "$findings"
  [ "$findings" = 0 ]
  exit
}

# skip WHY: this machine lacks what the check needs.
skip() {
  printf 'skipped: %s\n' "$*"
  exit 77
}

# sources PATTERN...: files of the project that git knows or would take, by pathspec, sorted; none that is gone.
sources() {
  local file
  git ls-files --cached --others --exclude-standard -- "$@" | sort -u | while read -r file; do
    [ ! -f "$file" ] || printf '%s\n' "$file"
  done
}

# Bash scripts without an ending: the files that begin with #! and bash.
scripts() {
  local file line
  sources ':!*.*' '.ci/*' | while read -r file; do
    IFS= read -r line <"$file" || true
    [[ $line != '#!'*bash* ]] || printf '%s\n' "$file"
  done
}
