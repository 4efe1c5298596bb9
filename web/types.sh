#!/bin/sh
# Writes the TypeScript types of the API, under a hash of the OpenAPI document that they are made from.
# A test compares the hash, so that stale types fail without Node. PYTHON: an interpreter with the project's dev packages.
set -eu
cd "$(dirname "$0")"
types=src/api/generated.ts
document=$(mktemp --suffix .json)
trap 'rm -f "$document"' EXIT
(cd .. && "${PYTHON:-.venv/bin/python}" -m tests.support.openapi_document) > "$document"
mkdir -p src/api
npx --no-install openapi-typescript "$document" -o "$types" --alphabetize
hash=$(sha256sum < "$document" | cut -d ' ' -f 1)
{ printf '// openapi %s\n' "$hash"; cat "$types"; } > "$types.new"
mv "$types.new" "$types"
