"""Fixtures every kind of test shares: the real servers that stand behind the platform."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview import failures, retries
from storage.embedded.server import EmbeddedRedis
from tests.support.paths import TESTS
from tests.support.postgres import MISSING, binaries, running_postgres
from tests.support.redis_cluster import running_cluster

# No test, and no Ray worker or server a test starts, can reach a model host beyond this machine.
os.environ["INTERVIEW_REMOTE_MODELS"] = "forbidden"

# Tests find installed packages' weights only, never those that a user has pulled, and leave none behind.
MODELS = tempfile.mkdtemp(prefix="interview-test-models-")
os.environ["INTERVIEW_MODELS_DIR"] = MODELS


#: Folders whose tests drive browsers in real time, or build in the checkout.
ALONE = tuple(TESTS / folder for folder in ("web", "e2e/packaging"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what ``make test`` does not run beside other tests: those folders, and what starts a Ray cluster."""
    for item in items:
        if item.get_closest_marker("cluster") or any(folder in item.path.parents for folder in ALONE):
            item.add_marker("alone")


def pytest_unconfigure() -> None:
    shutil.rmtree(MODELS, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real redis-server of this test session's own: private directory, socket and password.

    It is shared: a test keeps apart by a key prefix of its own.
    """
    with EmbeddedRedis(tmp_path_factory.mktemp("redis"), fsync="no") as server:
        yield server.url


@pytest.fixture(scope="session")
def redis_cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis Cluster of three nodes of this test session's own, shared like ``redis_url``."""
    with running_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster.url


@pytest.fixture(params=["one server", "cluster"])
def any_redis_url(request: pytest.FixtureRequest) -> str:
    """The shared server and the shared cluster in turn."""
    return str(request.getfixturevalue("redis_url" if request.param == "one server" else "redis_cluster_url"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL of this test session's own; ``{}`` in its URL stands for the database's name."""
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    with running_postgres(programs) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """An empty database of the test's own."""
    import psycopg

    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return postgres_server.format(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def archive_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty archive's URL, on each of the databases that it supports."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'archive.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def retried() -> Iterator[list[tuple[str, str]]]:
    """The retries that the code under test reported, as (tier, reason)."""
    noted: list[tuple[str, str]] = []
    retries.install(lambda tier, reason: noted.append((tier, reason)))
    yield noted
    retries.install(None)


@pytest.fixture
def failed_items() -> Iterator[list[tuple[str, str]]]:
    """The items that the batches under test skipped, as (batch, reason)."""
    noted: list[tuple[str, str]] = []
    failures.install(lambda batch, reason: noted.append((batch, reason)))
    yield noted
    failures.install(None)
