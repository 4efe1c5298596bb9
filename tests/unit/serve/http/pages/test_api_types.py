"""The committed TypeScript types of the API are those of its OpenAPI document."""

from __future__ import annotations

import hashlib

from tests.support.openapi_document import printed
from tests.support.paths import ROOT


def test_the_types_are_made_from_the_present_document() -> None:
    head = (ROOT / "web" / "src" / "api" / "generated.ts").read_text().partition("\n")[0]
    digest = hashlib.sha256(printed().encode()).hexdigest()
    assert head == f"// openapi {digest}", "the API's types are stale: run `make api-types`"
