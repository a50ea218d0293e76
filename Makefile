# Everything needs Python 3.11 and make; the rest is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export DAGSTER_HOME := $(CURDIR)
export DAGSTER_EVENT_BATCH_SIZE := 1000
# Of a shell in which another environment is active.
unexport VIRTUAL_ENV

.PHONY: run example dev notebook test test-fast test-long browser lint types fuzz chaos soak bench peers screenshots clean

run: $(READY) ## build the warehouse: a sample lake if none is given, then the main job
	$(BIN)/sparkify run

example: $(READY) ## a PostgreSQL with a shop, or that at SOURCE_URL, becomes a star with answers: examples/rentals
	$(BIN)/python -W ignore examples/rentals/shop/example.py

dev: $(READY) ## the Dagster UI on http://127.0.0.1:3000
	$(BIN)/python -m sparkify_assets.cli.dev

notebook: $(READY) ## JupyterLab with the analysts' notebook
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[notebook]'
	$(BIN)/jupyter lab notebooks/listening.ipynb

test: $(READY) ## lint, types, and every rule: all tests but those of `make test-long`
	$(MAKE) --no-print-directory --jobs 2 --output-sync lint types
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m 'not browser and not long'

test-long: browser ## the rest: pages and the UI in Chromium, whole processes, the graph and histories on two engines
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m 'browser or long'

test-fast: $(READY) ## in a minute: what needs no Redshift stand-in, no process of its own and no long history
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m 'not browser and not redshift and not slow and not long'

browser: $(READY) ## find Chromium for the tests, or install it
	$(BIN)/python -m sparkify_assets_tests.browser

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/sqlfluff lint --disable-progress-bar sql examples/rentals/sql

types: $(READY)
	$(BIN)/mypy

FUZZ_SEED ?= $(shell date +%s)
FUZZ_LAKES ?= 40

fuzz: $(READY) ## 40 odd lakes of a new seed, 3,500 files with 11,000 records, on both engines: five minutes
	FUZZ_SEED=$(FUZZ_SEED) FUZZ_LAKES=$(FUZZ_LAKES) $(BIN)/python -m pytest --numprocesses auto --dist worksteal \
		--verbose sparkify_assets_tests/fuzz

CHAOS_SEED ?= $(shell date +%s)
CHAOS_KILLS ?= 100

chaos: $(READY) ## 100 kills of runs of the command line and of the UI, each followed by a run of the other kind: an hour
	CHAOS_SEED=$(CHAOS_SEED) CHAOS_KILLS=$(CHAOS_KILLS) CHAOS_SECONDS=30 $(BIN)/python -m pytest --capture=no \
		--verbose sparkify_assets_tests/test_chaos.py

soak: $(READY) ## a year of daily runs of everything in one process: they cost the same, and the instance is bounded
	$(BIN)/python -m sparkify_assets_tests.soak

PEERS := $(patsubst %/requirements.txt,%/.venv/.ready,$(wildcard benchmarks/peers/*/requirements.txt))
BENCH ?=

bench: $(READY) $(PEERS) ## our command side by side with what people would use instead; BENCH="small days --rounds 5"
	$(BIN)/python -m benchmarks $(BENCH)

peers: $(PEERS) ## an environment for each of those, below benchmarks/peers

benchmarks/peers/%/.venv/.ready: benchmarks/peers/%/requirements.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

screenshots: browser ## take the pictures in docs/ again
	$(BIN)/python -m sparkify_assets_tests.screenshots

clean:
	rm -rf $(VENV) benchmarks/peers/*/.venv build dist *.egg-info redshift_stand_in/build redshift_stand_in/src/*.egg-info

$(READY): pyproject.toml constraints.txt redshift_stand_in/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]' \
		--editable redshift_stand_in
	touch $@
