#!/usr/bin/env bash
# Makes .venv-clients (the OpenAI Agents SDK, Pipecat) and, where there is Node, tests/clients/node_modules (the openai package).
set -euo pipefail
cd "$(dirname "$0")/../.."

test -x .venv-clients/bin/python || "${PYTHON:-python3}" -m venv .venv-clients
.venv-clients/bin/python -m pip install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
if command -v npm >/dev/null; then
    (cd tests/clients && npm ci --silent)
fi
