"""The baseline: the same application and agent on one bare uvicorn process, without Ray; same Redis, same fakes."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import uvicorn
from msgspec.structs import replace

from deployments.agent.deployment import Tiers
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.fake import FakeGrading
from deployments.stt.engines.fake import FakeSpeechToText
from deployments.tts.config import TtsConfig
from deployments.tts.service import TtsService
from serve.composition.local_stores import archive_database, blob_store, session_store
from serve.composition.stored_reports import StoredReports
from serve.composition.tier_ports import AgentPortsFactory
from serve.http.app import create_app
from serve.http.ports import IngressPorts
from serve.http.settings import SheddingSettings
from serve.local.local_key import local_key_of
from serve.serve_file import profile_path, read_serve_file
from serve.settings import Settings, read_settings
from storage.archive.audit import SqlAuditLog
from storage.archive.sql import SqlArchive
from storage.embedded.server import EmbeddedRedis
from storage.erasure.erasure import Erasure
from storage.erasure.personal_data import PersonalData
from storage.invitations.memory import MemoryInvitations
from storage.keys.redis import RedisApiKeys


def application(settings: Settings, data: Path, redis_url: str) -> object:
    tiers = Tiers(
        grading=FakeGrading(GradingConfig().fake),
        stt=FakeSpeechToText(timing=settings.stt.fake),
        tts=TtsService(TtsConfig(engine="fake")),
    )
    sessions = session_store(settings.storage, redis_url)
    blobs = blob_store(settings.storage, data)
    database = archive_database(data)
    archive, audit = SqlArchive(database), SqlAuditLog(database)
    agent = AgentService(AgentPortsFactory(settings)(settings.agent, tiers, database), settings.agent)
    ports = IngressPorts(
        agent=agent,
        sessions=sessions,
        archive=archive,
        audit=audit,
        blobs=blobs,
        keys=RedisApiKeys(redis_url),
        reports=StoredReports(sessions, archive, blobs),
        personal_data=PersonalData(
            sessions, archive, audit, blobs, MemoryInvitations(), Erasure(sessions, archive, blobs, ())
        ),
        stt=tiers.stt,
        tts=tiers.tts,
    )
    return create_app(ports, settings.http)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    config = read_serve_file(profile_path("load"))
    settings = read_settings(config.arguments)
    # the baseline answers everything
    settings = replace(settings, http=replace(settings.http, shedding=SheddingSettings()))
    os.environ["INTERVIEW_DATA_DIR"] = str(arguments.data)
    with EmbeddedRedis(arguments.data) as redis:
        os.environ["REDIS_URL"] = redis.url
        local_key_of(redis.url, arguments.data, label="bench")

        async def serve() -> None:
            app = application(settings, arguments.data, redis.url)
            server = uvicorn.Server(
                uvicorn.Config(
                    app,  # type: ignore[arg-type]
                    port=arguments.port,
                    access_log=False,
                    log_level="warning",
                )
            )
            print("Ctrl-C stops it.", flush=True)
            await server.serve()

        import uvloop

        uvloop.run(serve())


if __name__ == "__main__":
    main()
