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


def contracts() -> dict[str, str]:
    """Each contract's id and name."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in linter["contracts"]}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each broken contract, by its name, about a copy of the tree that holds every forbidden import.

    One run is enough: a section names the offences of its own contract only.
    """
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in ("interview", "storage", "deployments", "serve", "interview_client", "benchmarks", "tests"):
        shutil.copytree(
            ROOT / package,
            copy / package,
            ignore=lambda _folder, names: [n for n in names if "." in n and not n.endswith(".py")],
        )
    for module, statement, _ in FORBIDDEN.values():
        with (copy / module).open("a") as file:
            file.write(f"\n{statement}\n")
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=copy, capture_output=True, text=True, check=False)
    _, found, sections = done.stdout.partition("Broken contracts")
    assert found, done.stdout + done.stderr
    names = "|".join(map(re.escape, contracts().values()))
    parts = re.split(rf"^({names})\n-+$", sections, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_contract_has_a_forbidden_import_here() -> None:
    assert contracts().keys() == FORBIDDEN.keys()


@pytest.mark.parametrize("contract", FORBIDDEN)
def test_a_contract_refuses_what_it_forbids(broken: dict[str, str], contract: str) -> None:
    offence, report = FORBIDDEN[contract][2], broken[contracts()[contract]]
    assert re.search(rf"^.*{re.escape(offence)}", report, re.MULTILINE), report
