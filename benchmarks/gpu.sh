#!/usr/bin/env bash
# The figures of one GPU in at most ten minutes: resolve and install carried wheels, the card, faster-whisper's throughput, vLLM bare
# and through the tier, and one whole spoken interview.
#
#   benchmarks/gpu.sh carry WHEELS      # on a machine with a package index, as the target's Python: what `resolve` and `install` need
#   WHEELS=DIR benchmarks/gpu.sh OUT    # on the machine with the card; it needs no index, only the weights of the profile gpu-node
#   benchmarks/gpu.sh OUT               # in an environment that has the extras gpu and bench already
#   benchmarks/gpu.sh OUT --dry-run     # the same steps on a CPU, with a small speech model and without a language model
#
# OUT gets one JSON file for each step and `steps.txt` with the seconds and the exit status of each. A failing step does not stop
# the others; the script's status is that of the worst.
set -uo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python}
CONSTRAINTS=constraints-cluster.txt
EXTRAS=gpu,bench

if [ "${1:-}" = carry ]; then
    WHEELS=${2:?usage: benchmarks/gpu.sh carry WHEELS}
    "$PYTHON" -m pip wheel --quiet --no-deps --wheel-dir "$WHEELS" . &&
        "$PYTHON" -m pip download --quiet --dest "$WHEELS" -c "$CONSTRAINTS" "$(echo "$WHEELS"/interview_serve-*.whl)[$EXTRAS]"
    exit
fi

OUT=${1:?usage: benchmarks/gpu.sh OUT [--dry-run]}
DRY=${2:-}
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
WORST=0
# Recordings of `python -m benchmarks.stt.speak`; without them only the two speakers of tests/data/speech are heard.
if [ -z "${SPEECH:-}" ]; then
    SPEECH=$OUT/speech
    mkdir -p "$SPEECH" && printf 'clip\tvoice\ttext\n' >"$SPEECH/transcripts.tsv"
fi

step() {
    local name=$1 limit_s=$2 started=$SECONDS status
    shift 2
    timeout "$limit_s" "$@" >"$OUT/$name.log" 2>&1
    status=$?
    [ "$status" -le "$WORST" ] || WORST=$status
    printf '%s: %d s, status %d: %s\n' "$name" "$((SECONDS - started))" "$status" "$*" | tee -a "$OUT/steps.txt"
    return "$status"
}

: >"$OUT/steps.txt"
if [ "$DRY" = --dry-run ]; then
    # the packages of $PYTHON's environment stand in for the carried wheels of others
    CONSTRAINTS=constraints.txt
    EXTRAS=bench
    WHEELS=$OUT/wheels
    step carry 120 "$PYTHON" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$WHEELS" .
fi

# pip of $PYTHON works on whichever environment `--python` names, so that the new one needs none of its own.
PIP=("$PYTHON" -m pip --disable-pip-version-check)
if [ -n "${WHEELS:-}" ]; then
    FROM=(--no-index --find-links "$WHEELS" -c "$CONSTRAINTS")
    WHEEL=$(echo "$WHEELS"/interview_serve-*.whl)
    step environment 30 "$PYTHON" -m venv --without-pip "$OUT/environment"
    INSTALLED=$OUT/environment/bin/python
    if [ "$DRY" = --dry-run ] && [ -x "$INSTALLED" ]; then
        purelib='import sysconfig; print(sysconfig.get_path("purelib"))'
        "$PYTHON" -c "$purelib" >"$("$INSTALLED" -c "$purelib")/carried.pth"
    fi
    step resolve 60 "${PIP[@]}" --python "$INSTALLED" install --dry-run "${FROM[@]}" "$WHEEL[$EXTRAS]"
    # first by itself: the dry run's environment seems to have it, as the checkout
    step wheel 30 "${PIP[@]}" --python "$INSTALLED" install "${FROM[@]}" --no-deps --ignore-installed "$WHEEL"
    step install 120 "${PIP[@]}" --python "$INSTALLED" install "${FROM[@]}" "$WHEEL[$EXTRAS]"
    PYTHON=$INSTALLED
fi

step packages 20 "${PIP[@]}" --python "$PYTHON" list --format=json
# Outside the checkout, so that the installed packages hold it. The JSON object has the time of each stage.
hold_interview() {
    # shellcheck disable=SC2016 # the inner shell expands them
    step interview "$1" env -C "$OUT" bash -c 'exec "$0" demo --json --profile "$1" --out interview >interview.json' \
        "$(dirname "$(command -v "$PYTHON")")/interview" "$2"
}
if [ "$DRY" = --dry-run ]; then
    step stt 150 "$PYTHON" -m benchmarks.stt --json "$OUT/stt.json" --speech "$SPEECH" --clips 2 --rounds 1 --modes tier
    step llm 100 "$PYTHON" -m benchmarks.llm --json "$OUT/llm.json" --engine fake --concurrency 2 --rounds 1 --tokens 8
    hold_interview 300 local
else
    step card 10 nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv
    step stt 100 "$PYTHON" -m benchmarks.stt --json "$OUT/stt.json" --speech "$SPEECH" --clips 64 --rounds 1 --gpu
    step llm 150 "$PYTHON" -m benchmarks.llm --json "$OUT/llm.json" --gpu 7b --concurrency 1 16 64 --rounds 1
    hold_interview 80 gpu-node
fi
exit "$WORST"
