"""Per-request sampling inside transformers' continuous batch: temperature, top-p, seed and grammar for every row.

transformers' continuous batching samples a whole batch with one configuration and supports no grammar, but its logits
processors see which request owns which row. So this processor chooses each row's token itself and masks all others; the
batch's own greedy choice then agrees.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import xgrammar
from transformers.generation.continuous_batching.cb_logits_processors import ContinuousBatchingLogitsProcessor

from deployments.llm.openai_chat import ChatCall
from interview.errors import InvalidInput

logger = logging.getLogger(__name__)


class GrammarCompiler:
    """JSON Schemas compiled against one tokenizer; xgrammar caches them."""

    def __init__(self, tokenizer: Any, vocab_size: int, stop_tokens: list[int]) -> None:
        """``vocab_size`` is the width of the logits, which may exceed the tokenizer's."""
        info = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=vocab_size, stop_token_ids=stop_tokens)
        self._compiler = xgrammar.GrammarCompiler(info, max_threads=2, cache_limit_bytes=64 * 1024 * 1024)

    def matcher(self, schema: dict[str, Any]) -> Any:
        """A new matcher. Compact JSON only: with free whitespace a weak model may write spaces until its limit.

        Raises:

            InvalidInput: the schema cannot be compiled.
        """
        try:
            # An object without known properties must stay open, or only {} would be allowed.
            strict = bool(schema.get("properties")) or schema.get("type") != "object"
            compiled = self._compiler.compile_json_schema(json.dumps(schema), any_whitespace=False, strict_mode=strict)
        except (RuntimeError, ValueError, TypeError) as error:
            reason = str(error).strip().splitlines()[-1][:200]
            raise InvalidInput(
                f"The JSON schema cannot be used: {reason}", detail={"fields": {"response_format": reason}}
            ) from error
        return xgrammar.GrammarMatcher(compiled)


class RowSampling:
    """The sampling settings of one request. ``error`` is set instead of raised, because an exception in the decoding
    thread ends it, and with it every other request."""

    def __init__(self, call: ChatCall, matcher: Any | None, device: torch.device) -> None:
        self.temperature = call.temperature
        self.top_p = call.top_p
        self.matcher = matcher
        self.error: str | None = None
        self.generator = torch.Generator(device=device)
        if call.seed is None:
            self.generator.seed()
        else:
            self.generator.manual_seed(call.seed)

    @property
    def grammar(self) -> Any | None:
        """The matcher, if it still constrains the next token."""
        over = self.matcher is None or self.error is not None or self.matcher.is_terminated()
        return None if over else self.matcher

    def fail(self, reason: str) -> None:
        self.error = reason
        logger.error("a row's sampling failed: %s", reason)

    @contextmanager
    def failing_alone(self, work: str) -> Iterator[None]:
        """Any exception of ``work`` on this row becomes this row's ``error``."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - any type ends the thread; a message may quote the answer
            self.fail(f"{work}: {type(error).__name__}")


class RowSampler(ContinuousBatchingLogitsProcessor):  # type: ignore[misc]  # untyped library
    """Chooses every row's next token. The event loop adds and removes rows; the engine's thread samples them."""

    supported_kwargs: dict[str, type] = {}  # noqa: RUF012 - the base class reads these
    ignored_kwargs: tuple[str, ...] = ()

    def __init__(self, vocab_size: int) -> None:
        self._vocab_size = vocab_size
        self._requests: dict[str, RowSampling] = {}
        self._rows: list[str] = []
        self.last_step_at = time.monotonic()

    def add(self, request_id: str, sampling: RowSampling) -> None:
        self._requests[request_id] = sampling

    def remove(self, request_id: str) -> None:
        self._requests.pop(request_id, None)

    def fill_defaults(self, int32_tensor: torch.Tensor) -> None:
        int32_tensor.zero_()

    def prepare_tensor_args(self, requests_with_new_token: list[Any]) -> torch.Tensor:
        """Called just before each step with the requests that get a token in it, in row order."""
        self._rows = [request.state.request_id for request in requests_with_new_token]
        return torch.zeros(len(self._rows), dtype=torch.int32)

    def __call__(self, scores: torch.Tensor, tensor_arg: torch.Tensor) -> torch.Tensor:
        """``scores`` float32 [requests in the step, vocabulary] → the same shape, one finite entry in every row that is
        read.

        A request with an unfinished prompt gets no token but still has a row in the step. The rows that get a token
        come first; the rest is padding, which the manager never reads.
        """
        # None if the event loop has removed the request since the step was scheduled.
        rows = [self._requests.get(request_id) for request_id in self._rows]
        chosen = torch.full_like(scores, float("-inf"))
        if rows:
            tokens = self._tokens(scores[: len(rows)], rows)
            chosen[: len(rows)].scatter_(1, tokens.unsqueeze(1), 0.0)
        self.last_step_at = time.monotonic()
        return chosen

    def _tokens(self, scores: torch.Tensor, rows: list[RowSampling | None]) -> torch.Tensor:
        """``scores`` [rows, vocabulary], modified in place → the token chosen for each row, int64 [rows]."""
        self._mask(scores, rows)
        tokens = _choose(scores, rows)
        for row, token in zip(rows, tokens.tolist(), strict=True):
            if row is not None:
                _advance(row, token)
        return tokens

    def _mask(self, scores: torch.Tensor, rows: list[RowSampling | None]) -> None:
        bitmask = None
        usable = []
        for index, row in enumerate(rows):
            if row is None or row.matcher is None:
                continue
            if bitmask is None:
                bitmask = xgrammar.allocate_token_bitmask(len(rows), self._vocab_size)
            with row.failing_alone("masking by the grammar"):
                grammar = row.grammar
                if grammar is not None and grammar.fill_next_token_bitmask(bitmask, index):
                    usable.append(index)
        if bitmask is not None and usable:
            xgrammar.apply_token_bitmask_inplace(
                scores, bitmask.to(scores.device), vocab_size=self._vocab_size, indices=usable
            )


def _choose(scores: torch.Tensor, rows: list[RowSampling | None]) -> torch.Tensor:
    tokens = scores.argmax(dim=-1)
    sampled = [(index, row) for index, row in enumerate(rows) if row is not None and row.temperature > 0]
    if not sampled:
        return tokens
    index = torch.tensor([at for at, _ in sampled], device=scores.device)
    temperature = torch.tensor([row.temperature for _, row in sampled], device=scores.device)
    probabilities = torch.softmax(scores[index] / temperature.unsqueeze(1), dim=-1)
    top_p = torch.tensor([row.top_p for _, row in sampled], device=scores.device)
    if bool((top_p < 1).any()):
        probabilities = _nucleus(probabilities, top_p)
    # argmax(p / Exponential(1)) samples from p, and lets every row use its own generator.
    noise = torch.empty_like(probabilities)
    for at, (_, row) in enumerate(sampled):
        noise[at].exponential_(generator=row.generator)
    tokens[index] = (probabilities / noise).argmax(dim=-1)
    return tokens


def _advance(row: RowSampling, token: int) -> None:
    with row.failing_alone("advancing the grammar"):
        grammar = row.grammar
        if grammar is not None and not grammar.accept_token(token):
            row.fail("the grammar rejected a token that it had allowed")


def _nucleus(probabilities: torch.Tensor, top_p: torch.Tensor) -> torch.Tensor:
    """Keep the smallest set of tokens whose probability reaches ``top_p``; always the likeliest one.

    Source: Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020.
    """
    ordered, order = probabilities.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    ordered = ordered.masked_fill(before >= top_p.unsqueeze(1), 0.0)
    return torch.zeros_like(probabilities).scatter_(1, order, ordered)
