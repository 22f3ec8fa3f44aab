# Sourced by the scripts beside it: finds a Python, keeps .venv in step with a lock.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
trap 'printf "\n%s: stopped by Ctrl+C.\n" "bin/$(basename "$0")" >&2; exit 130' INT

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf '%s: %s\n' "bin/$(basename "$0")" "$*" >&2
  exit 1
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

# A name on the PATH proves nothing: pyenv leaves shims for versions that it does not run here.
has_uv() { uv --version >/dev/null 2>&1; }

find_python() {
  for python in "${PYTHON:-python3.13}" python3.13 python3.14 python3.12 python3 python; do
    if is_new_enough "$python"; then
      command -v "$python"
      return
    fi
  done
  return 1
}

make_venv() {
  if is_new_enough .venv/bin/python; then return; fi
  rm -rf .venv
  if python=$(find_python); then
    say "making .venv with $python"
    if has_uv; then
      uv venv --quiet --python "$python" .venv || fail "uv could not make .venv with $python: the reason stands above."
    elif ! "$python" -m venv .venv; then
      fail "$python has no venv module. On Debian and Ubuntu: apt-get install python3-venv"
    fi
  elif has_uv; then
    say "making .venv; uv fetches Python 3.13"
    uv venv --quiet --python 3.13 .venv ||
      fail "uv could not fetch Python 3.13. Without a network, install Python 3.13 first (https://www.python.org/downloads/)."
  else
    fail "Python 3.12 or newer is missing. Install Python 3.13 (https://www.python.org/downloads/) or uv (https://docs.astral.sh/uv/)."
  fi
}

CANNOT_INSTALL="the packages could not be installed: the reason stands above. They come over the network;"

checksum() { .venv/bin/python -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"; }

# Whether .venv has what the lock names, whoever installed it. What has a condition may belong to another system.
has_all_of() {
  .venv/bin/python - "requirements/$1.txt" <<'PYTHON'
import re
import sys
from importlib.metadata import PackageNotFoundError, version


def has(name, wanted):
    try:
        return version(name) == wanted
    except PackageNotFoundError:
        return False


with open(sys.argv[1]) as lock:
    pins = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+) \\$", lock.read(), re.MULTILINE)
sys.exit(not all(has(*pin) for pin in pins))
PYTHON
}

is_installed() {
  [ "$(cat ".venv/installed-$1" 2>/dev/null)" = "$(checksum "requirements/$1.txt")" ] || has_all_of "$1"
}

# install base|dev: what requirements/<name>.txt locks, and only when it changed. The lock is whole, so that no
# dependency is looked for: what requirements/excluded.in leaves out stays out.
install() {
  make_venv
  if is_installed "$1"; then return; fi
  say "installing requirements/$1.txt into .venv"
  if has_uv; then
    uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes --no-deps -r "requirements/$1.txt" ||
      fail "$CANNOT_INSTALL UV_DEFAULT_INDEX names a mirror."
  else
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip --upgrade >/dev/null
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r "requirements/$1.txt" ||
      fail "$CANNOT_INSTALL PIP_INDEX_URL names a mirror."
  fi
  checksum "requirements/$1.txt" >".venv/installed-$1"
  # dev is compiled on top of base, so whoever has dev has base.
  if [ "$1" = dev ]; then checksum requirements/base.txt >.venv/installed-base; fi
}

# What the product reads of broadsheet/locale, where a catalogue changed since. Babel does it: no gettext program is needed.
compile_catalogues() {
  for catalogue in broadsheet/locale/*/LC_MESSAGES/django.po; do
    if [ -e "$catalogue" ] && ! [ "${catalogue%.po}.mo" -nt "$catalogue" ]; then
      .venv/bin/python -m babel.messages.frontend -q compile --domain django --directory broadsheet/locale
      return
    fi
  done
}

broadsheet() { .venv/bin/python -m broadsheet.cli "$@"; }
