"""The one public deployment: the application of ``serve/http`` over handles to the tiers."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from ray import serve as ray_serve

from deployments.agent.contract import Agent, AgentClient
from deployments.agent.deployment import Tiers, wrap_handles
from deployments.agent.service import AgentService
from deployments.documents.service import DocumentService
from deployments.drafting.job_pages import JobPages
from deployments.drafting.question_writer import QuestionWriter
from deployments.drafting.service import DraftingService
from deployments.llm.contract import LanguageModel
from deployments.retrieval.service import retrieval_of
from deployments.shell.antivirus import Clamd
from deployments.shell.garbage_collection import freeze_startup_objects
from deployments.shell.handle_rpc import handle_caller, handle_stream_caller
from deployments.shell.replica_logs import log_through_serve
from deployments.shell.replicas import with_serve_options
from deployments.stt.contract import SpeechToText
from deployments.tts.contract import TextToSpeech
from deployments.turn_detection.service import TurnDetectionService
from interview import __version__
from interview.errors import StorageUnavailable
from interview.plans.files import load_plans
from interview.policies.files import DEFAULT as DEFAULT_POLICIES
from interview.policies.files import load_policies
from interview.policies.off_limits import topic_by_rules
from serve.composition.direct_language_model import DirectLanguageModel
from serve.composition.erasure import PlatformErasure
from serve.composition.grading_placement import queues_by_name
from serve.composition.inference_clients import InferenceClients, inference_clients, judge_client
from serve.composition.local_stores import archive_database, blob_store, session_store
from serve.composition.scrape import Scrape
from serve.composition.store_probe import store_probe
from serve.composition.stored_reports import StoredReports
from serve.composition.tier_ports import AgentPortsFactory
from serve.http.app import create_app
from serve.http.auth import INFERENCE, Authenticator
from serve.http.identity.candidate_tokens import CandidateTokens, returns_of
from serve.http.identity.oidc import Identities
from serve.http.identity.realtime_secrets import RealtimeSecrets
from serve.http.limits.request_limits import RequestLimits
from serve.http.openai import errors
from serve.http.openai.routes import openai_router
from serve.http.openai.tenant_limits import TenantLimiter
from serve.http.ports import IngressPorts, Probe
from serve.metrics.metered_tiers import MeteredLanguageModel, MeteredSpeechToText, MeteredTextToSpeech
from serve.metrics.observers import RequestMetrics
from serve.metrics.process import process_metrics, process_publisher
from serve.serve_file import data_dir, plans_dir, policies_dir
from serve.settings import Settings, redis_url
from storage.archive.audit import SqlAuditLog
from storage.archive.database import Database
from storage.archive.plans import SqlTenantPlans
from storage.archive.sql import SqlArchive
from storage.erasure.personal_data import PersonalData
from storage.invitations.redis import RedisInvitations
from storage.keys.redis import RedisApiKeys
from storage.keys.signing_keys import signing_keys
from storage.limits.rates import redis_rates
from storage.limits.slots import RedisSlots
from storage.metrics.redis import RedisMetricsBoard
from storage.redis.releases import record_release, warning

DEPLOYMENT_NAME = "ingress"

logger = logging.getLogger(__name__)


class Ingress:
    """Builds its application on the replica, so that no FastAPI object is pickled."""

    def __init__(self, settings: Settings, **handles: Any) -> None:
        self._settings = settings
        self._agent_handle = handles.pop("agent", None)
        judge = handles.pop("judge", None)
        self._judge = None if judge is None else judge_client(settings, judge)
        self._tiers = wrap_handles(settings.agent, **handles)
        models = {tier: handle for tier, handle in handles.items() if tier in InferenceClients._fields}
        self._inference = inference_clients(settings, **models)

    def __serve_build_asgi_app__(self) -> Any:  # Serve's own name for it
        log_through_serve()
        settings, tiers = self._settings, self._tiers
        url = redis_url()
        sessions = session_store(settings.storage, url)
        database = archive_database(data_dir())
        archive, audit = SqlArchive(database), SqlAuditLog(database)
        blobs = blob_store(settings.storage, data_dir())
        keys = RedisApiKeys(url)
        invitations = RedisInvitations(url)
        board = RedisMetricsBoard(url)
        publisher = process_publisher(DEPLOYMENT_NAME)

        probes = {"sessions": store_probe(sessions, data_dir()), "archive": archive.ping, **_probes(tiers, self._judge)}
        documents = DocumentService(settings.documents)
        direct = DirectLanguageModel(settings.llm)
        models = _metered(self._inference._replace(llm=direct.model or self._inference.llm))
        security = settings.security
        scanner = Clamd(security.clamd, timeout_s=security.clamd_timeout_s) if security.clamd else None
        rates, slots = redis_rates(url), RedisSlots(url)
        signing = signing_keys(data_dir())
        candidates = CandidateTokens(signing, invitations, settings.http.candidates, may_return=returns_of(sessions))
        identities = Identities(settings.http.identity)
        limits = RequestLimits(rates, settings.http.callers)
        authorize = Authenticator(keys, candidates, identities, limits).require(INFERENCE)
        erasure = PlatformErasure(sessions, archive, blobs, url)
        installed = load_plans(plans_dir())
        policies = load_policies(policies_dir())[DEFAULT_POLICIES]
        retrieval = retrieval_of(settings.retrieval)
        drafting = None
        if retrieval is not None:
            writer = None
            if models[1] is not None:
                writer = QuestionWriter(models[1], tiers.grading, retrieval, partial(topic_by_rules, policies))
            drafting = DraftingService(retrieval, installed.values(), settings.drafting, writer)
        turn_detection = TurnDetectionService(settings.turn_detection)
        if notice := turn_detection.info().notice:
            logger.warning("turns end after silence alone: %s", notice)
        ports = IngressPorts(
            agent=_agent(settings, tiers, self._agent_handle, database),
            sessions=sessions,
            archive=archive,
            audit=audit,
            blobs=blobs,
            keys=keys,
            key_admin=keys,
            candidates=candidates,
            identities=identities,
            realtime_secrets=RealtimeSecrets(signing, candidates),
            turn_detection=turn_detection,
            reports=StoredReports(sessions, archive, blobs),
            personal_data=PersonalData(sessions, archive, audit, blobs, invitations, erasure),
            documents=documents,
            stt=tiers.stt,
            llm=tiers.llm,
            judge=self._judge,
            tts=tiers.tts,
            probes=probes,
            metrics=Scrape(
                sessions=sessions,
                queues=queues_by_name(),
                board=board,
                publisher=publisher,
                probes=probes,
                data=data_dir(),
            ),
            observer=RequestMetrics(process_metrics()),
            scanner=scanner,
            formulas=tiers.grading,
            rates=rates,
            slots=slots,
            tenant_plans=SqlTenantPlans(database),
            drafting=drafting,
            role_pages=JobPages(documents, settings.drafting),
            drafts_per_tenant=settings.drafting.drafts_per_tenant,
            policies=policies,
            installed_plans=installed,
            session_ttl_s=settings.storage.session_ttl_s,
            routers=(openai_router(*models, authorize, TenantLimiter(settings.limits), scanner),),
        )
        app = create_app(ports, settings.http)
        errors.install(app)

        of_its_routes = app.router.lifespan_context  # MCP's task group

        @asynccontextmanager
        async def lifespan(_app: object) -> AsyncIterator[None]:
            publisher.start()
            await _note_release(url)
            async with of_its_routes(app), direct.running():
                freeze_startup_objects()
                yield
            await documents.stop()
            if retrieval is not None:
                retrieval.close()
            await publisher.close()
            await sessions.close()
            await archive.close()
            await erasure.close()
            await keys.close()
            await invitations.close()
            await identities.close()
            await board.close()
            await rates.close()
            await slots.close()

        app.router.lifespan_context = lifespan
        return app


async def _note_release(url: str) -> None:
    """Leave this release's name in the store. A store that is away prevents no start: the requests say so."""
    try:
        later = await record_release(url, __version__)
    except StorageUnavailable:
        logger.warning("the store does not answer: its releases are not compared")
        return
    if later is not None:
        logger.warning("%s", warning(later, __version__))


def _agent(settings: Settings, tiers: Tiers, handle: Any, database: Database) -> Agent:
    if settings.placement == "ingress":
        ports = AgentPortsFactory(settings, role=DEPLOYMENT_NAME)(settings.agent, tiers, database)
        return AgentService(ports, settings.agent)
    timeout_s, by_value = _turn_timeout_s(settings), settings.agent.by_value
    return AgentClient(
        handle_caller(handle, timeout_s=timeout_s, tier="agent", by_value=by_value),
        handle_stream_caller(handle, timeout_s=timeout_s, tier="agent", by_value=by_value),
    )


def _metered(
    clients: InferenceClients,
) -> tuple[SpeechToText | None, LanguageModel | None, TextToSpeech | None]:
    metrics = process_metrics()
    return (
        MeteredSpeechToText(clients.stt, metrics) if clients.stt is not None else None,
        MeteredLanguageModel(clients.llm, metrics) if clients.llm is not None else None,
        MeteredTextToSpeech(clients.tts, metrics) if clients.tts is not None else None,
    )


def _turn_timeout_s(settings: Settings) -> float:
    """Exceeds all deadlines inside a turn together, because the agent's own errors say more than this timeout."""
    agent = settings.agent
    inside_s = agent.stt_timeout_s + agent.grading_timeout_s + agent.decide_deadline_s + agent.tts_timeout_s
    return inside_s + 5.0


def _probes(tiers: Tiers, judge: LanguageModel | None) -> Mapping[str, Probe]:
    """Readiness probes: a tier is ready when it answers ``info``."""
    asked = {"stt": tiers.stt, "tts": tiers.tts, "llm": tiers.llm, "judge": judge}

    def probe(tier: Any) -> Probe:
        async def ask() -> None:
            await tier.info()

        return ask

    return {name: probe(tier) for name, tier in asked.items() if tier is not None}


def build_ingress(settings: Settings, tiers: Mapping[str, ray_serve.Application]) -> ray_serve.Application:
    """The ingress over its tiers' applications."""
    options = settings.ingress
    chosen = {
        "name": DEPLOYMENT_NAME,
        "num_replicas": options.num_replicas,
        "max_ongoing_requests": options.max_ongoing_requests,
        "max_queued_requests": options.max_queued_requests,
        "graceful_shutdown_timeout_s": options.graceful_shutdown_timeout_s,
        "ray_actor_options": {"num_cpus": options.num_cpus},
        # Serve's own answer to a full queue would be 503 without Retry-After.
        "backpressure_config": {"status_code": 429, "retry_after_s": 2},
    }
    deployed: ray_serve.Deployment = ray_serve.deployment(**with_serve_options(chosen, options.serve_options))(
        ray_serve.ingress()(Ingress)
    )
    return deployed.bind(settings, **tiers)
