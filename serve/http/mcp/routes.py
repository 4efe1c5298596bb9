"""``/mcp``: the agent's tools and whole interviews for any MCP client, over streamable HTTP without sessions.

Every call is independent (the SDK's stateless mode, JSON replies), so any ingress replica serves any call. All
interview state is in the session store, none in the connection.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from mcp.server import Server, ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as McpTool
from starlette.types import Receive, Scope, Send

from deployments.agent.contract import ToolRequest
from interview.errors import Forbidden, InternalError, InterviewError, InvalidInput
from serve.http.audit_trail import AuditTrail
from serve.http.auth import INTERVIEWS, Authenticator, Principal, require_scope
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.pauses import Pauses
from serve.http.interviews.tools import scope_of_tool
from serve.http.limits.interviews import InterviewLimits
from serve.http.mcp.interviews import INTERVIEW_TOOLS, InterviewTool, InterviewTools
from serve.http.ports import IngressPorts
from serve.http.problems import problem_of, request_id_of
from serve.http.request_bodies import encodable
from serve.http.settings import HttpSettings

logger = logging.getLogger(__name__)

INSTRUCTIONS = (
    "Conducts job interviews. Use conduct_interview to start one and to pass on each answer of the candidate; the "
    "other tools inspect, steer or end a running interview."
)

_OWN_TOOLS: dict[str, InterviewTool[Any]] = {tool.name: tool for tool in INTERVIEW_TOOLS}

#: The tools that return what a candidate said, with the argument that names the interview.
_READS = {"get_interview_session": "user_session_id", "get_session_context": "interview_id"}

Context = ServerRequestContext[Any, Request]


class McpTools:
    """Lists and calls tools for the tenant of the request's key."""

    def __init__(
        self,
        ports: IngressPorts,
        settings: HttpSettings,
        audit: AuditTrail,
        steps: StepCaller,
        limits: InterviewLimits,
    ) -> None:
        self._agent = ports.agent
        self._audit = audit
        live = LiveInterviews(steps, ports.sessions, limits)
        self._desk = InterviewTools(ports, settings, steps, live, Pauses(live, ports.candidates))

    async def list_tools(self, context: Context, page: PaginatedRequestParams | None) -> ListToolsResult:
        """All tools that the caller's key may call; there are too few to page."""
        scopes = _caller_of(context)[0].scopes
        own = [_described(tool) for tool in INTERVIEW_TOOLS if tool.scope in scopes]
        agents = [
            _described_by_agent(tool) for tool in await self._agents_tools() if scope_of_tool(tool["name"]) in scopes
        ]
        return ListToolsResult(tools=[*own, *agents])

    async def call_tool(self, context: Context, call: CallToolRequestParams) -> CallToolResult:
        """A tool's failure is a result with an error, which a model can read and correct.

        Raises:

            MCPError: there is no tool of that name.
        """
        caller, request_id = _caller_of(context)
        try:
            found = await self._call(caller, call.name, call.arguments or {})
            if call.name in _READS:
                subject = str((call.arguments or {}).get(_READS[call.name], ""))
                await self._audit.read(caller, "session.read", subject, tool=call.name)
            return _result(found)
        except InterviewError as error:
            return _failed(error, request_id)
        except MCPError:
            raise
        except Exception:
            logger.exception("request %s: the tool %s failed with an unexpected error", request_id, call.name)
            unforeseen = InternalError("Internal error. The operator's log has details under this request id.")
            return _failed(unforeseen, request_id)

    async def _call(self, caller: Principal, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            encodable(arguments)
        except ValueError as error:
            fields = {"arguments": str(error)}
            raise InvalidInput("The arguments cannot be processed.", detail={"fields": fields}) from None
        # Models send null for an optional argument that they omit.
        arguments = {name: value for name, value in arguments.items() if value is not None}
        if name in _OWN_TOOLS:
            tool = _OWN_TOOLS[name]
            require_scope(caller, tool.scope)
            return await tool.call(self._desk, caller.tenant, arguments)
        if name not in {tool["name"] for tool in await self._agents_tools()}:
            raise MCPError(INVALID_PARAMS, f"There is no tool of that name: {name[:64]!r}.")
        require_scope(caller, scope_of_tool(name))
        return await self._agent.call_tool(ToolRequest(tenant=caller.tenant, name=name, arguments=arguments))

    async def _agents_tools(self) -> list[dict[str, Any]]:
        try:
            return await self._agent.tools()
        except InterviewError as error:
            raise MCPError(-32603, error.message, {"code": error.code, "retryable": error.retryable}) from error


def mcp_router(
    ports: IngressPorts,
    settings: HttpSettings,
    auth: Authenticator,
    audit: AuditTrail,
    steps: StepCaller,
    limits: InterviewLimits,
) -> APIRouter:
    """The route, with the SDK's task group in the router's lifespan: an application that mounts it must run its
    lifespan.

    It is not in the OpenAPI document: it transports JSON-RPC, which MCP describes itself.
    """
    tools = McpTools(ports, settings, audit, steps, limits)
    server: Server[Any] = Server(
        "interview",
        version=settings.version,
        title="Interview platform",
        instructions=INSTRUCTIONS,
        on_list_tools=tools.list_tools,
        on_call_tool=tools.call_tool,
    )
    running: list[StreamableHTTPSessionManager] = []

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        manager = StreamableHTTPSessionManager(  # the request middleware enforces the limits
            server, json_response=True, stateless=True, max_request_body_size=settings.max_json_bytes
        )
        async with manager.run():
            running.append(manager)
            try:
                yield
            finally:
                running.remove(manager)

    router = APIRouter(tags=["tools"], lifespan=lifespan)
    Caller = Annotated[Principal, Depends(auth.require(INTERVIEWS))]  # noqa: N806 (a type)

    @router.post("/mcp", include_in_schema=False)
    async def mcp(request: Request, caller: Caller) -> Response:
        _check_origin(request)
        if not running:
            raise InternalError("MCP is not running: the application was started without its lifespan.")
        request.state.mcp_caller = caller
        return _Handover(running[-1])

    return router


class _Handover(Response):
    """A response that the SDK writes itself."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(_accepting(scope), receive, send)


def _accepting(scope: Scope) -> Scope:
    """``scope`` with an Accept header: a request without one accepts anything (RFC 9110, 12.5.1)."""
    if any(name == b"accept" for name, _ in scope["headers"]):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"accept", b"application/json, text/event-stream")]}


def _caller_of(context: Context) -> tuple[Principal, str]:
    """The caller, as authenticated by the route, and the request's id."""
    if context.request is None:
        raise InternalError("An MCP message arrived without its HTTP request.")
    caller: Principal = context.request.state.mcp_caller
    return caller, request_id_of(context.request.scope)


def _check_origin(request: Request) -> None:
    """Reject pages of other origins, as the specification requires.

    A DNS-rebinding page passes, as with any check against ``Host``, but it has no key.

    Raises:

        Forbidden
    """
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Forbidden("Pages of another origin may not call this URL.")


def _described(tool: InterviewTool[Any]) -> McpTool:
    hints = ToolAnnotations(read_only_hint=tool.read_only, destructive_hint=tool.destructive, open_world_hint=False)
    schema = tool.arguments.model_json_schema()
    return McpTool(
        name=tool.name,
        description=tool.description,
        input_schema=schema,
        output_schema=tool.returns(),
        annotations=hints,
    )


def _described_by_agent(tool: dict[str, Any]) -> McpTool:
    hints = ToolAnnotations(read_only_hint=tool.get("read_only", False), destructive_hint=False, open_world_hint=False)
    return McpTool(
        name=tool["name"],
        description=tool["description"],
        input_schema=tool["parameters"],
        output_schema=tool.get("returns"),
        annotations=hints,
    )


def _result(found: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[_text(found)], structured_content=found)


def _failed(error: InterviewError, request_id: str) -> CallToolResult:
    """The problem that the HTTP API would send, so that programs get its ``code`` and remedy."""
    problem: dict[str, Any] = msgspec.to_builtins(problem_of(error, request_id))
    return CallToolResult(content=[_text(problem)], structured_content=problem, is_error=True)


def _text(found: dict[str, Any]) -> TextContent:
    """Text for clients that do not read structured content."""
    return TextContent(type="text", text=msgspec.json.encode(found).decode())
