# Sourced by the scripts of this folder: our own programs come before the machine's.
# shellcheck shell=bash
PATH="$PWD/.venv/bin:$PWD/node_modules/.bin:$PATH"
[ ! -x var/node/bin/node ] || PATH="$PWD/var/node/bin:$PATH"
export PATH
