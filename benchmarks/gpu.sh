#!/usr/bin/env bash
# The figures of one GPU in at most ten minutes: the card, faster-whisper's throughput, vLLM bare and through the tier.
#
#   benchmarks/gpu.sh OUT               # in an environment with the extras gpu and bench (constraints-cluster.txt)
#   benchmarks/gpu.sh OUT --dry-run     # the same steps on a CPU with a small model and a fake one: does the script work?
#
# OUT gets one JSON file for each step and `steps.txt` with the seconds and the exit status of each. A failing step does not stop
# the others; the script's status is that of the worst.
set -uo pipefail
cd "$(dirname "$0")/.."
OUT=${1:?usage: benchmarks/gpu.sh OUT [--dry-run]}
DRY=${2:-}
PYTHON=${PYTHON:-python}
mkdir -p "$OUT"
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
}

: >"$OUT/steps.txt"
step packages 20 "$PYTHON" -m pip list --format=json
if [ "$DRY" = --dry-run ]; then
    step stt 150 "$PYTHON" -m benchmarks.stt --json "$OUT/stt.json" --speech "$SPEECH" --clips 2 --rounds 1 --modes tier
    step llm 100 "$PYTHON" -m benchmarks.llm --json "$OUT/llm.json" --engine fake --concurrency 2 --rounds 1 --tokens 8
else
    step card 10 nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv
    step stt 180 "$PYTHON" -m benchmarks.stt --json "$OUT/stt.json" --speech "$SPEECH" --clips 64 --rounds 1 --gpu
    step llm 360 "$PYTHON" -m benchmarks.llm --json "$OUT/llm.json" --gpu 7b --concurrency 1 16 64 --rounds 1
fi
exit "$WORST"
