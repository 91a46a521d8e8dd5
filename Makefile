# Every target makes what it needs; a second call finds it made.
# PYTHON=/path/to/python3 chooses the interpreter, JOBS the number of test processes, PYTEST what to test
# ("make test PYTEST=tests/store"), LAB options for JupyterLab ("make lab LAB=--no-browser"), BENCH what to measure
# ("make bench BENCH=--quick"). Every run tests the same cases; "make test EXPLORE=1" draws others at random.

VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
PYTEST ?=
LAB ?=
BENCH ?=
# Without its build hook: the plugin is built beside the code, and linked.
PIP := HATCH_BUILD_NO_HOOKS=true $(BIN)/python -m pip --disable-pip-version-check install --quiet
PLUGIN := $(BIN)/python scripts/build_labextension.py

.PHONY: help venv lab demo plugin test test-python test-plugin lint lint-python lint-plugin format bench docs reference \
	clean distclean
.NOTPARALLEL:

help:
	@echo "make lab        open JupyterLab on an example project with a history"
	@echo "make demo       the same story on the command line"
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

$(VENV)/.lab: pyproject.toml | $(BIN)/pip
	@echo "Installing JupyterLab and what it needs into $(VENV) ..."
	$(PIP) --editable '.[lab]'
	@touch $@ $(VENV)/.run

$(VENV)/.test: pyproject.toml | $(BIN)/pip
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.lab $(VENV)/.run

$(VENV)/.dev: pyproject.toml | $(BIN)/pip
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.test $(VENV)/.lab $(VENV)/.run

venv: $(VENV)/.dev plugin

# Built only when its sources are others than those it was built from; Jupyter in $(VENV) then has both halves.
plugin: $(VENV)/.lab
	@$(PLUGIN) --if-stale --link

lab: plugin
	@$(BIN)/python scripts/lab.py $(LAB)

demo: $(VENV)/.run
	@$(BIN)/python scripts/demo.py

test: $(VENV)/.test $(if $(PYTEST),,test-plugin) test-python

test-plugin: $(VENV)/.lab
	$(PLUGIN) --run test

test-python: $(VENV)/.test plugin
	@sh scripts/install-system.sh test
	PYTHONHASHSEED=$(if $(EXPLORE),random,0) $(BIN)/python -m pytest -rsR -n $(JOBS) --dist loadgroup $(PYTEST)

lint: lint-python lint-plugin

lint-python: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-plugin: $(VENV)/.lab
	$(PLUGIN) --run prettier:check eslint:check stylelint:check types:check

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(PLUGIN) --run lint

bench: $(VENV)/.test
	@sh scripts/install-system.sh bench
	$(BIN)/python benchmarks/run.py $(BENCH)

reference: $(VENV)/.test
	$(BIN)/python scripts/reference.py

docs: $(VENV)/.dev
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build

clean:
	rm -rf build dist docs/_build labextension/lib labextension/tsconfig.tsbuildinfo jupyter_repro/labextension .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) .lab labextension/node_modules
