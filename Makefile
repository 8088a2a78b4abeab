# Every target works from a bare checkout: the first one called makes .venv and installs the project.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHRAN := .venv-pythran

.PHONY: setup demo demo-all test lint bench bench-classic fuzz mutate clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev
	$(BIN)/python -m pip install --quiet -e . --config-settings editable_mode=strict
	touch $(STAMP)

demo: setup
	$(BIN)/python benchmarks/demo.py

demo-all: setup
	$(BIN)/python benchmarks/demo.py --all

test: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p loopwright

bench: setup
	env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python benchmarks/corpus_bench.py

bench-classic: setup
	-test -x $(PYTHRAN)/bin/pythran || { $(PYTHON) -m venv $(PYTHRAN) && $(PYTHRAN)/bin/pip install --quiet "pythran>=0.18"; }
	env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python benchmarks/suite.py --pythran $(PYTHRAN)/bin/python $(ARGS)

fuzz: setup
	$(BIN)/python tests/fuzz.py --programs 2000 --jobs 2

mutate: setup
	$(BIN)/python tests/mutate.py --output mutate-output

clean:
	rm -rf $(VENV) $(PYTHRAN) build dist bench-output demo-output mutate-output
