"""``/tools``: the agent's tools with their JSON Schemas, callable over HTTP."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import RootModel

from deployments.agent.contract import CANDIDATE_TOOLS, REVIEW_TOOLS, ToolRequest
from interview.errors import InvalidInput
from serve.http import openapi
from serve.http.audit_trail import AuditTrail
from serve.http.auth import AGENT, INTERVIEWS, REPORTS, Authenticator, Principal, require_scope
from serve.http.ports import IngressPorts
from serve.http.request_bodies import encodable, read_json


class ToolArguments(RootModel[dict[str, Any]]):
    """The tool's arguments, as described by its own schema (``GET /tools``)."""


#: The tools that return what a candidate said.
_READING = frozenset({"get_session_context"})


def tools_router(ports: IngressPorts, auth: Authenticator, audit: AuditTrail) -> APIRouter:
    router = APIRouter(prefix="/tools", tags=["tools"])
    Caller = Annotated[Principal, Depends(auth.require(INTERVIEWS))]  # noqa: N806 (a type)
    a_list = {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}
    an_object = {"application/json": {"schema": {"type": "object"}}}

    @router.get("", name="list", summary="List the tools", **openapi.operation(content=a_list))
    async def tools(caller: Caller) -> Response:
        described = [{**tool, "scope": scope_of_tool(tool["name"])} for tool in await ports.agent.tools()]
        return Response(msgspec.json.encode(described), media_type="application/json")

    @router.post(
        "/{name}",
        summary="Call a tool",
        description="Each tool needs `interviews` and the scope that the list of tools names for it.",
        **openapi.operation(content=an_object, json=ToolArguments, also=(404, 409)),
    )
    async def call(
        name: Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$")], request: Request, caller: Caller
    ) -> Response:
        arguments = (await read_json(request, ToolArguments)).root
        try:
            encodable(arguments)
        except ValueError as error:
            raise InvalidInput("The arguments cannot be processed.", detail={"fields": {"body": str(error)}}) from None
        require_scope(caller, scope_of_tool(name))
        result = await ports.agent.call_tool(ToolRequest(tenant=caller.tenant, name=name, arguments=arguments))
        if name in _READING:
            await audit.read(caller, "session.read", str(arguments.get("interview_id", "")), tool=name)
        return Response(msgspec.json.encode(result), media_type="application/json")

    return router


def scope_of_tool(name: str) -> str:
    """The scope that a tool of the agent needs; one that is not listed as harmless needs ``agent``."""
    if name in CANDIDATE_TOOLS:
        return INTERVIEWS
    return REPORTS if name in REVIEW_TOOLS else AGENT
