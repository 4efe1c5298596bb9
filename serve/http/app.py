"""The ingress as an ordinary FastAPI application: ports in, routes out. Serve, uvicorn and tests all run it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from deployments.grading.contract import Calculation
from interview.reports.report import Report
from serve.http import openapi, problems
from serve.http.audit_trail import AuditTrail
from serve.http.auth import Authenticator
from serve.http.docs_page import docs_router
from serve.http.event_schemas import event_schemas_router
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.candidates import ErasedData, candidates_router
from serve.http.interviews.comparison import Comparison, comparison_router
from serve.http.interviews.event_stream import events_router
from serve.http.interviews.extra_time import ExtraTime, extra_time_router
from serve.http.interviews.formulas import formulas_router
from serve.http.interviews.hearing import HeardReply, hearing_router
from serve.http.interviews.invitations import InterviewNotice, InvitationList, LinkReply, TokenReply, invitations_router
from serve.http.interviews.listing import SessionList, listing_router
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.pauses import Pauses, pauses_router
from serve.http.interviews.recordings import recordings_router
from serve.http.interviews.reports import reports_router
from serve.http.interviews.sessions import sessions_router
from serve.http.interviews.signals import signals_router
from serve.http.interviews.tools import tools_router
from serve.http.keys import CreatedKeyReply, KeyList, keys_router
from serve.http.limits.event_streams import EventStreams
from serve.http.limits.interviews import InterviewLimits
from serve.http.limits.realtime_connections import RealtimeConnections
from serve.http.limits.request_limits import RequestLimits
from serve.http.mcp.routes import mcp_router
from serve.http.middleware.load_shedding import LoadShedder
from serve.http.middleware.request_middleware import RequestMiddleware
from serve.http.openai.docs import FAILURE_EXAMPLES
from serve.http.openapi_examples import EXAMPLES
from serve.http.operations import operations_router
from serve.http.pages.routes import pages_router
from serve.http.plans import PlanConsent, PlanList, PlanProblems, PlanView, plans_router
from serve.http.platform import PlatformState, platform_router
from serve.http.ports import IngressPorts
from serve.http.query_parameters import refuse_unknown_parameters
from serve.http.realtime.conversation import ConversationPorts
from serve.http.realtime.conversations import Conversations
from serve.http.realtime.routes import realtime_router
from serve.http.realtime.socket import SocketPorts
from serve.http.settings import HttpSettings

#: Structs of replies that ``serve.http.openapi`` does not list itself.
_REPLIES: tuple[type, ...] = (
    Report,
    SessionList,
    Comparison,
    ErasedData,
    InterviewNotice,
    InvitationList,
    LinkReply,
    TokenReply,
    Calculation,
    ExtraTime,
    HeardReply,
    CreatedKeyReply,
    KeyList,
    PlatformState,
    PlanConsent,
    PlanList,
    PlanProblems,
    PlanView,
)


def create_app(ports: IngressPorts, settings: HttpSettings | None = None) -> FastAPI:
    """The whole public API over ``ports``.

    ``ports.routers`` are mounted next to the session routes (the OpenAI-compatible API, …). No CORS: a browser client
    is served from the same origin.
    """
    settings = settings or HttpSettings()
    auth = Authenticator(ports.keys, ports.candidates, ports.identities, RequestLimits(ports.rates, settings.callers))
    audit = AuditTrail(ports.audit)
    streams = EventStreams(ports.slots, settings.callers)
    interviews = InterviewLimits(ports.slots, ports.rates, settings.callers, ports.session_ttl_s)
    shedder = LoadShedder(settings.shedding)
    steps = StepCaller(ports.agent, max_in_flight=settings.max_steps_in_flight)
    live = LiveInterviews(steps, ports.sessions, interviews)
    pauses = Pauses(live, ports.candidates)
    conversations = Conversations(
        ConversationPorts(
            agent=steps,
            pauses=pauses,
            live=live,
            sessions=ports.sessions,
            blobs=ports.blobs,
            tts=ports.tts,
            detection=ports.turn_detection,
            settings=settings.realtime,
        )
    )
    sockets = SocketPorts(
        auth,
        ports.realtime_secrets,
        audit,
        shedder,
        RealtimeConnections(ports.slots, settings.realtime),
        conversations,
        settings.realtime,
    )

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        async with shedder.measuring():
            yield
            await conversations.stop()

    app = FastAPI(
        title="Interview platform",
        version=settings.version,
        description="Conducts interviews by voice or text, grades them and explains every grade.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.docs else None,
        redirect_slashes=False,
        generate_unique_id_function=openapi.operation_id,
        lifespan=lifespan,
    )
    app.add_middleware(RequestMiddleware, settings=settings, shedder=shedder, observer=ports.observer)
    problems.install(app)
    openapi.install(
        app,
        extra=_REPLIES,
        examples=EXAMPLES,
        shared_examples=FAILURE_EXAMPLES,
    )
    own = [
        invitations_router(ports, auth, audit),
        hearing_router(ports, settings, auth, steps),
        plans_router(ports, auth, audit),
        sessions_router(ports, settings, auth, audit, live, steps),
        events_router(ports, settings, auth, audit, streams),
        recordings_router(ports, auth, audit),
        pauses_router(auth, pauses, steps),
        signals_router(ports, auth, interviews),
        formulas_router(ports, auth, steps),
        extra_time_router(ports, auth, audit),
        reports_router(ports, auth, audit),
        listing_router(ports, auth, audit),
        comparison_router(ports, auth, audit),
        candidates_router(ports, auth),
        tools_router(ports, auth, audit),
        keys_router(ports, auth),
        operations_router(ports, settings, auth),
        platform_router(ports, settings, auth, shedder),
    ]
    if settings.docs:
        own += [docs_router(app.openapi), event_schemas_router()]
    for router in own:
        app.include_router(router, dependencies=[Depends(refuse_unknown_parameters)])
    # these routes ignore unknown query parameters: SDKs and links in mails add their own
    app.include_router(mcp_router(ports, settings, auth, audit, steps, interviews))
    app.include_router(realtime_router(ports, auth, sockets))
    app.include_router(pages_router())
    for router in ports.routers:
        app.include_router(router)
    return app
