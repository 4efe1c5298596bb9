#!/usr/bin/env bash
# Resolves every extra for each supported Python and processor against its constraints file; installs nothing.
# Extras that resolve together resolve alone. glibc 2.34 is Debian 12, Ubuntu 22.04, RHEL 9: vLLM's video decoder needs it on aarch64.
# Usage: ops/resolve.sh [UV]. Needs a package index.
set -euo pipefail
cd "$(dirname "$0")/.."
UV=${1:-uv}

resolve() {
    local constraints=$1 python=$2 machine=$3
    shift 3
    "$UV" pip compile -q pyproject.toml "${@/#/--extra=}" -c "$constraints" --python-version "$python" \
        --python-platform "$machine-manylinux_2_34" --no-header -o /dev/null
    printf 'resolved: Python %s on %s, %s with %s\n' "$python" "$machine" "${*:-base}" "$constraints"
}

for python in 3.11 3.12 3.13; do
    for machine in x86_64 aarch64; do
        resolve constraints-cluster.txt "$python" "$machine" gpu s3 gcs documents tracing voice postgres
        resolve constraints.txt "$python" "$machine" documents tracing voice postgres pages bench dev
        resolve constraints-models.txt "$python" "$machine" llm
    done
done
