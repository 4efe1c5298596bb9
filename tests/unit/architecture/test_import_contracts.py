"""The import contracts hold, and each of them refuses an import that it forbids."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.paths import ROOT

#: contract id → (module that gets the import, import statement, how import-linter names the offence)
FORBIDDEN = {
    "layers": (
        "storage/blobs/port.py",
        "import deployments.agent.contract",
        "storage.blobs.port -> deployments.agent.contract",
    ),
    "acyclic": ("storage/redis/client.py", "import storage.sessions.redis", "storage"),
    "agent": (
        "serve/http/app.py",
        "import deployments.agent.turn.turn",
        "serve.http.app -> deployments.agent.turn.turn",
    ),
    "grading": ("serve/http/app.py", "import deployments.grading.tier", "serve.http.app -> deployments.grading.tier"),
    "speech-to-text": (
        "deployments/agent/service.py",
        "import deployments.stt.service",
        "deployments.agent.service -> deployments.stt.service",
    ),
    "language-model": (
        "deployments/agent/service.py",
        "import deployments.llm.service",
        "deployments.agent.service -> deployments.llm.service",
    ),
    "text-to-speech": (
        "deployments/agent/service.py",
        "import deployments.tts.service",
        "deployments.agent.service -> deployments.tts.service",
    ),
    "turn-detection": (
        "serve/http/app.py",
        "import deployments.turn_detection.service",
        "serve.http.app -> deployments.turn_detection.service",
    ),
    "documents": (
        "serve/http/app.py",
        "import deployments.documents.engines.pdf",
        "serve.http.app -> deployments.documents.engines.pdf",
    ),
    "retrieval": (
        "serve/http/app.py",
        "import deployments.retrieval.engines.token_encoder",
        "serve.http.app -> deployments.retrieval.engines.token_encoder",
    ),
    "drafting": (
        "serve/http/app.py",
        "import deployments.drafting.service",
        "serve.http.app -> deployments.drafting.service",
    ),
    "http": ("serve/http/app.py", "import serve.replay.replay", "serve.http.app -> serve.replay.replay"),
    "web-framework": ("serve/compose.py", "import fastapi", "serve.compose -> fastapi"),
    "tokens": ("serve/http/auth.py", "import jwt", "serve.http.auth -> jwt"),
    "redis": ("storage/work_queue/redis.py", "import redis", "storage.work_queue.redis -> redis"),
    "sql": ("storage/keys/redis.py", "import sqlalchemy", "storage.keys.redis -> sqlalchemy"),
    "ray": ("deployments/agent/service.py", "import ray", "deployments.agent.service -> ray"),
    "models": ("deployments/llm/service.py", "import torch", "deployments.llm.service -> torch"),
    "parsers": ("deployments/grading/service.py", "import sympy", "deployments.grading.service -> sympy"),
    "client": ("interview_client/calls.py", "import interview.errors", "interview_client.calls -> interview.errors"),
    "clients": ("deployments/agent/service.py", "import httpx", "deployments.agent.service -> httpx"),
}


def lint(tree: Path, contract: str) -> str:
    """The report of one contract on ``tree``."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache", "--contract", contract], cwd=tree, capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in ("interview", "storage", "deployments", "serve", "interview_client", "benchmarks", "tests"):
        shutil.copytree(
            ROOT / package,
            copy / package,
            ignore=lambda _folder, names: [n for n in names if "." in n and not n.endswith(".py")],
        )
    return copy


def test_every_contract_has_a_forbidden_import_here() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == set(FORBIDDEN)


@pytest.mark.parametrize("contract", FORBIDDEN)
def test_a_contract_refuses_what_it_forbids(tree: Path, contract: str) -> None:
    module, statement, offence = FORBIDDEN[contract]
    path = tree / module
    before = path.read_text()
    path.write_text(f"{before}\n{statement}\n")
    try:
        report = lint(tree, contract)
    finally:
        path.write_text(before)
    assert "Contracts: 0 kept, 1 broken." in report, report
    assert re.search(rf"^.*{re.escape(offence)}", report.split("Broken contracts", 1)[1], re.MULTILINE), report
