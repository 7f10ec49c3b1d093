# make train   watch a CNN learn the built-in digits (about a minute)
# make test    the linter and the tests
# make bench   time it beside PyTorch, TensorFlow and JAX (about half an hour; installs them, some gigabytes)
# All first make a virtual environment in .venv and install minicnn into it. PYTHON=python3.12 chooses another Python.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: train test bench install clean

train: $(VENV)/installed
	$(BIN)/python examples/train_digits.py

test: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

bench: $(VENV)/installed-bench
	$(BIN)/python -m benchmarks

install: $(VENV)/installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("minicnn needs Python 3.10 or newer, got " + sys.version.split()[0] + "; make PYTHON=python3.12 chooses another" if sys.version_info < (3, 10) else 0)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "no virtual environment could be made: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }

$(VENV)/installed: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing minicnn into $(VENV) ..."
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-test: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing minicnn and its test tools into $(VENV) ..."
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-bench: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing minicnn and the frameworks to compare with into $(VENV) ..."
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build *.egg-info
