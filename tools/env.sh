# Sourced by the scripts of this folder and by the Makefile: our own programs come before the machine's.
PATH="$PWD/.venv/bin:$PWD/node_modules/.bin:$PWD/var/node/bin:$PATH"
export PATH
# Several processes of the same code start again and again: let the first one leave it compiled.
unset PYTHONDONTWRITEBYTECODE
