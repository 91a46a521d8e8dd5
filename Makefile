# Every target makes what it needs; a second call finds it made.
# PYTHON=/path/to/python3 chooses the interpreter, JOBS the number of test processes, PYTEST what to test
# ("make test PYTEST=tests/store"), BENCH what to measure ("make bench BENCH=--quick"). Every run tests the same
# cases; "make test EXPLORE=1" draws others at random.

VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
PYTEST ?=
BENCH ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help venv demo test lint format bench docs reference clean distclean

help:
	@echo "make demo       protect a small example directory, and show what that gives"
	@echo "make test       run the tests"
	@echo "make lint       style, types and the borders between the layers"
	@echo "make format     put the code into the house style"
	@echo "make bench      time the work against git, restic and borg"
	@echo "make docs       the documentation as HTML, in docs/_build"
	@echo "make reference  write again the reference pages that come from the code"
	@echo "make venv       only the virtual environment, with everything a developer needs"
	@echo "make clean      remove what was built; make distclean the virtual environment too"

# pip is the last thing to appear in a new environment.
$(BIN)/pip:
	@sh scripts/make-venv.sh $(VENV)

# What is installed into the environment, each with what the work needs and no more.
$(VENV)/.run: pyproject.toml | $(BIN)/pip
	$(PIP) --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/pip
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.run

$(VENV)/.dev: pyproject.toml | $(BIN)/pip
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.test $(VENV)/.run

venv: $(VENV)/.dev

demo: $(VENV)/.run
	@$(BIN)/python scripts/demo.py

test: $(VENV)/.test
	@sh scripts/install-system.sh test
	PYTHONHASHSEED=$(if $(EXPLORE),random,0) $(BIN)/python -m pytest -rs -n $(JOBS) --dist loadgroup $(PYTEST)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test
	@sh scripts/install-system.sh bench
	$(BIN)/python benchmarks/run.py $(BENCH)

reference: $(VENV)/.test
	$(BIN)/python scripts/reference.py

docs: $(VENV)/.dev reference
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build

clean:
	rm -rf build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)
