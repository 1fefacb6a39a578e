#!/usr/bin/env bash
# Make the environment on a fresh machine, check the style, the types and the layers, and run the tests.
# Arguments are passed on to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

setup_environment dev
say "fetching the assets that tests use"
timed download .venv/bin/sfv fetch
say "ruff, pyright, import-linter"
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/pyright --pythonpath .venv/bin/python
.venv/bin/lint-imports
say "tests"
timed tests .venv/bin/python -m pytest "$@"
