"""The interface of a tool: name, description, Pydantic arguments and result, and a stateless function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deployments.agent.tools.tool_context import ToolContext
from interview.errors import InvalidInput, NotFound
from interview.sessions.ids import INTERVIEW_ID


class Arguments(BaseModel):
    """Base of every tool's arguments: unknown ones are rejected, so that a misspelt one is not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interview_id: str = Field(description="Id of the interview.", pattern=INTERVIEW_ID)


class Result(BaseModel):
    model_config = ConfigDict(frozen=True)


ArgumentsT = TypeVar("ArgumentsT", bound=Arguments)
ResultT = TypeVar("ResultT", bound=Result)


@dataclass(frozen=True)
class Tool(Generic[ArgumentsT, ResultT]):
    """``changes``: calling it changes the session."""

    name: str
    description: str
    arguments: type[ArgumentsT]
    result: type[ResultT]
    run: Callable[[ToolContext, ArgumentsT], Awaitable[ResultT]]
    changes: bool = True

    async def call(self, context: ToolContext, arguments: dict[str, Any]) -> dict[str, Any]:
        """The result as plain data.

        Raises:

            InvalidInput: ``detail["fields"]`` names the wrong arguments.
            InterviewError: as documented by the tool.
        """
        try:
            checked = self.arguments.model_validate(arguments)
        except ValidationError as error:
            raise InvalidInput(
                f"The arguments of {self.name} are wrong.", detail={"fields": _problems(error)}
            ) from error
        result = await self.run(context, checked)
        return result.model_dump(mode="json")

    def described(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "parameters": self.arguments.model_json_schema(),
            "returns": self.result.model_json_schema(mode="serialization"),
            "read_only": not self.changes,
        }


class ToolRegistry:
    def __init__(self, tools: Iterable[Tool[Any, Any]]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    def names(self) -> tuple[str, ...]:
        return tuple(self._tools)

    def get(self, name: str) -> Tool[Any, Any]:
        """Raises NotFound."""
        if name not in self._tools:
            raise NotFound(
                f"There is no tool of that name. Tools: {', '.join(self._tools)}.",
                detail={"tools": list(self._tools)},
            )
        return self._tools[name]

    def described(self) -> list[dict[str, Any]]:
        """Name, description and the JSON Schemas of arguments (``parameters``) and result (``returns``) of each."""
        return [tool.described() for tool in self._tools.values()]


def _problems(error: ValidationError) -> dict[str, str]:
    return {".".join(str(part) for part in found["loc"]) or "arguments": found["msg"] for found in error.errors()}
