# Two commands matter: `make run` opens the demo bank, `make test` runs every check. Nothing else need be installed.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE = 1

.PHONY: run test check bench system clean

run: .venv/run.stamp
	$(BIN)/statbank demo .demo --serve --port $(PORT)

check: .venv/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/cog --check README.md
	$(BIN)/pytest -q -n 2 -m "not slow"

test: check
	$(BIN)/pytest -q -m slow

bench: .venv/test.stamp
	for bench in tests/bench/bench_*.py; do $(BIN)/python $$bench || exit 1; done

# What tests use beside Python: browser, fonts, nginx, a spreadsheet, curl, node, R and locales; needs root (Debian)
system:
	apt-get update
	command -v node >/dev/null || apt-get install -y --no-install-recommends nodejs
	apt-get install -y --no-install-recommends python3-venv chromium fonts-liberation nginx-light libreoffice-calc-nogui curl locales r-base-core

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/test.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $@ .venv/run.stamp

clean:
	rm -rf .venv .demo
