# Everything needs Python 3.11 and make; the rest is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export DAGSTER_HOME := $(CURDIR)
export DAGSTER_EVENT_BATCH_SIZE := 1000

.PHONY: run dev test lint types bench clean

run: $(READY) ## build the warehouse: a sample lake if none is given, then the main job
	$(BIN)/sparkify run

dev: $(READY) ## the Dagster UI on http://127.0.0.1:3000
	$(BIN)/dagster dev --host 127.0.0.1 --port 3000

test: lint types $(READY) ## lint, types, all tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/sqlfluff lint --disable-progress-bar sql

types: $(READY)
	$(BIN)/mypy

bench: $(READY) ## our ratios to a bare script, measured side by side
	$(BIN)/python -m sparkify_assets_tests.bench

clean:
	rm -rf $(VENV) build dist *.egg-info

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@
