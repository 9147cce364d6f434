# Each target sets up what it needs (nothing, the second time) and hands over to tools/.
python = . tools/env.sh && exec python

.PHONY: help setup demo run test check bench nightly messages openapi clean

help: ; @sed -n 's/^## //p' Makefile
## make demo      run the main job: 20 contracts from template to accepted filing; results in var/demo/
demo: ; @tools/setup && $(python) -m config.demo
## make run       portal, API, worker and the stand-in province on loopback, with demo data
run: ; @tools/setup && $(python) -m config.demo run
## make test      all tests, on SQLite and on PostgreSQL
test: ; @tools/setup tests && $(python) -m tools.test
## make check     what CI runs: format, lint, types, contracts between modules, migrations, API, all tests
check: ; @tools/setup tests && $(python) -m tools.check
## make bench     how fast it is, as a table and as JSON in var/bench/
bench: ; @tools/setup bench && $(python) -m tests.bench
## make nightly   the slow campaigns
nightly: ; @tools/setup tests && $(python) -m tools.test -m nightly
## make messages  collect new messages for translation into locale/
messages: ; @tools/setup && $(python) -m tools.catalogues extract
## make openapi   write docs/openapi.yaml anew
openapi: ; @tools/setup && $(python) manage.py spectacular --validate --file docs/openapi.yaml
## make clean     remove everything that set-up and runs have made
clean: ; @rm -rf var .venv node_modules frontend/dist static
setup: ; @tools/setup
