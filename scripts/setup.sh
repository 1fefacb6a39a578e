#!/usr/bin/env bash
# Make .venv with sfv in it. Sourced by quickstart.sh and test.sh; running it again does nothing that is done already.
#   setup_environment [dev]   makes .venv, installs sfv (with the developer tools for "dev") and, where it can, software OpenGL
# Each step's seconds go to .venv/times.tsv, which `sfv bench quickstart` reads.

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'sfv: error: %s\n' "$*" >&2; exit 1; }

# timed NAME COMMAND...: run the command and note how long it took.
timed() {
  local name=$1 start=$SECONDS; shift
  "$@" || return $?
  printf '%s\t%s\n' "$name" "$((SECONDS - start))" >> .venv/times.tsv
  printf '   (%s: %s s)\n' "$name" "$((SECONDS - start))"
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.12 python3.11 python3.13 python3 python; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      printf '%s' "$candidate"; return 0
    fi
  done
  return 1
}

root_with_apt() { [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; }

make_venv() {
  local python
  python=$(find_python) || fail "Python 3.11, 3.12 or 3.13 is needed; install one, or name it: PYTHON=/path/to/python bash $0"
  if ! "$python" -c 'import ensurepip, venv' 2> /dev/null && root_with_apt; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv > /dev/null
  fi
  "$python" -m venv .venv || { rm -rf .venv; fail "$python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv"; }
}

# Software OpenGL draws the video frames on a machine without a display. Everything else works without it.
install_gl() {
  [ "$(uname -s)" = Linux ] || return 0
  if .venv/bin/python -c 'from sfv.draw.gl import find_backend; find_backend()' > /dev/null 2>&1; then return 0; fi
  if root_with_apt; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends libegl1 libosmesa6 libgl1-mesa-dri libgl1 libgles2; } > /dev/null 2>&1 && return 0
  fi
  echo "   no OpenGL on this machine: everything works but the frames of the simulated character."
  echo "   To get them: apt-get install libegl1 libosmesa6 libgl1-mesa-dri libgl1 libgles2"
}

install_packages() {
  local extra=$1 pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check --prefer-binary)
  # Asked for by name and first, so that a machine without an NVIDIA GPU gets the CPU build its package index offers.
  if ! command -v nvidia-smi > /dev/null; then "${pip[@]}" torch==2.13.0 || return 1; fi
  "${pip[@]}" -e ".$extra"
}

setup_environment() {
  local extra=${1:+[$1]} stamp
  [ -x .venv/bin/python ] || { say "making .venv"; make_venv; }
  stamp=".venv/installed${1:+-$1}-$(cat pyproject.toml setup.py | cksum | tr ' \t' '--')"
  if [ ! -f "$stamp" ]; then
    say "installing sfv and its pinned dependencies (about 1 GB unpacked; a few minutes)"
    timed install install_packages "$extra" || fail "the packages could not be installed; check the connection and run this again"
    touch "$stamp"
  fi
  install_gl
}
