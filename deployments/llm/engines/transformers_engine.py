"""The transformers engine: a causal model on CPU or GPU with continuous batching."""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
import queue
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from deployments.llm.config import LlmConfig
from deployments.llm.engines.port import TextPiece
from deployments.llm.engines.priority_slots import PrioritySlots
from deployments.llm.engines.text_stream import AnswerReader, tool_choice_schema
from deployments.llm.engines.weights import gguf_in, local_model
from deployments.llm.openai_chat import ChatCall, FinishReason
from interview.errors import ConfigError, ContextTooLong, EngineFailed, EngineUnavailable, InvalidInput, ModelMissing

logger = logging.getLogger(__name__)

#: Tokens per page of the KV cache. Small, so that a short request reserves little.
_PAGE_TOKENS = 16
_GIB = 1024**3


class TransformersEngine:
    """``TextEngine`` over ``ContinuousBatchingManager``.

    The manager decodes in its own thread; this class feeds it at most ``max_batch`` requests at a time, by priority,
    and converts its tokens to text. CUDA graphs and double buffering are off, because ``RowSampler`` runs Python in
    every step. Use vLLM for throughput on a GPU; this engine is for machines and models that vLLM does not support.
    """

    name = "transformers"

    def __init__(self, config: LlmConfig) -> None:
        self._config = config
        self._settings = config.transformers
        self._ids = itertools.count()
        self._slots = PrioritySlots(1)
        self._manager: Any = None
        self._tokenizer: Any = None
        self._sampler: Any = None
        self._grammars: Any = None
        self._device: Any = None
        self._stop_tokens: list[int] = []
        self._vocab_size = 0
        self.max_model_len: int | None = config.max_model_len
        self.notice: str | None = None

    @property
    def running(self) -> int:
        return self._slots.waiting + self._in_manager()

    def _in_manager(self) -> int:
        if self._manager is None or self._manager.batch_processor is None:
            return 0
        scheduler = self._manager.batch_processor.scheduler
        queued: int = self._manager.input_queue.qsize()
        return queued + len(scheduler.active_requests) + len(scheduler.waiting_requests)

    async def start(self) -> None:
        await asyncio.to_thread(self._load)

    def _load(self) -> None:
        path = local_model(self._config.model, self._config.models_dir)
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer
            from transformers.utils import logging as transformers_logging
        except ImportError as error:
            raise ModelMissing(
                f"Engine transformers needs the extra `llm` of this package ({error.name} is missing)."
            ) from error
        transformers_logging.disable_progress_bar()
        settings = self._settings
        if settings.num_threads:
            torch.set_num_threads(settings.num_threads)
        device = settings.device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        remote_code = settings.trust_remote_code
        gguf = gguf_in(path)
        packed: dict[str, Any] = {"gguf_file": gguf} if gguf else {}
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(
                path, local_files_only=True, trust_remote_code=remote_code, **packed
            )
            model = AutoModelForCausalLM.from_pretrained(
                path,
                dtype=settings.dtype,
                attn_implementation="sdpa",
                local_files_only=True,
                trust_remote_code=remote_code,
                **packed,
                **_unpacking(gguf),
                **settings.model_kwargs,
            ).to(device)
        except Exception as error:  # readers of weights, and the code of a repository, raise errors of their own
            logger.exception("the language model cannot be loaded from %s", path)
            raise EngineUnavailable(
                f"The model {self._config.name} cannot be loaded from {path} on {device}: {type(error).__name__}."
            ) from error
        if self._tokenizer.chat_template is None:
            raise ConfigError(f"llm.model: {path} has no chat template; use an instruction-tuned model.")
        self._device = model.device
        self._start_manager(model)

    def _start_manager(self, model: Any) -> None:
        from transformers import GenerationConfig, LogitsProcessorList
        from transformers.generation.configuration_utils import ContinuousBatchingConfig
        from transformers.generation.continuous_batching.cb_logits_processors import (
            ContinuousBatchingLogitsProcessorList,
        )

        from deployments.llm.engines.transformers_sampler import GrammarCompiler, RowSampler

        text_config = model.config.get_text_config()
        window = int(getattr(text_config, "max_position_embeddings", 0) or 4096)
        self.max_model_len = min(self._config.max_model_len or window, window)
        self._stop_tokens = _stop_tokens(model, self._tokenizer)
        self._vocab_size = int(text_config.vocab_size)
        self._grammars = GrammarCompiler(self._tokenizer, self._vocab_size, self._stop_tokens)
        self._sampler = RowSampler(self._vocab_size)
        places, pages = self._sizes(text_config, model.dtype.itemsize)
        self._slots = PrioritySlots(places)
        manager = model.init_continuous_batching(
            GenerationConfig(do_sample=False, eos_token_id=self._stop_tokens, max_new_tokens=self.max_model_len),
            ContinuousBatchingConfig(
                page_size=_PAGE_TOKENS,
                num_blocks=pages,
                max_batch_tokens=max(self._settings.prefill_tokens, places),
                max_requests_per_batch=places,
                use_async_batching=False,
                use_cuda_graph=False,
                auto_switch_to_flash=False,
                allow_block_sharing=True,
            ),
        )
        processors = ContinuousBatchingLogitsProcessorList(LogitsProcessorList([self._sampler]))
        processors.tensors_required = 1  # one int32 per row, which RowSampler does not use but the batch must reserve
        manager.logit_processor = processors
        manager.start()
        self._manager = manager
        logger.info("transformers engine: %d sequences, %d pages, on %s", places, pages, self._device)

    def _sizes(self, text_config: Any, element_bytes: int) -> tuple[int, int]:
        """(sequences decoded together, pages of KV cache). Every admitted sequence can reach full length, so the batch
        never evicts one."""
        heads = text_config.num_attention_heads
        head_size = getattr(text_config, "head_dim", None) or text_config.hidden_size // heads
        kv_heads = getattr(text_config, "num_key_value_heads", None) or heads
        token_bytes = 2 * text_config.num_hidden_layers * kv_heads * head_size * element_bytes
        pages_each = math.ceil((self.max_model_len or 1) / _PAGE_TOKENS) + 1
        sequence_bytes = pages_each * _PAGE_TOKENS * token_bytes
        fitting = int(self._settings.kv_cache_gib * _GIB // sequence_bytes)
        if fitting < 1:
            raise ConfigError(
                f"llm.transformers.kv_cache_gib: one sequence of {self.max_model_len} tokens needs "
                f"{sequence_bytes / _GIB:.2f} GiB; raise it or lower llm.max_model_len."
            )
        places = min(self._settings.max_batch, fitting)
        if places < self._settings.max_batch:
            self.notice = f"The KV cache holds {places} sequences, fewer than max_batch {self._settings.max_batch}."
        return places, places * pages_each

    async def stop(self) -> None:
        if self._manager is not None:
            manager, self._manager = self._manager, None
            await asyncio.to_thread(manager.stop, hard_stop=True, timeout=10)

    async def check_health(self) -> None:
        """Raises when the decoding thread is dead, or has requests but made no step within the health deadline."""
        if self._manager is None or not self._manager.is_running():
            raise EngineUnavailable("The transformers engine's decoding thread has ended.")
        idle_s = time.monotonic() - self._sampler.last_step_at
        if self._in_manager() and idle_s > self._config.deadline_s:
            raise EngineUnavailable(f"The transformers engine made no step for {idle_s:.0f} s.")

    async def generate(self, call: ChatCall) -> AsyncGenerator[TextPiece, None]:
        prompt, matcher = await asyncio.to_thread(self._prepare, call)
        async with self._slots.taken(call.priority), aclosing(self._decode(call, prompt, matcher)) as pieces:
            async for piece in pieces:
                yield piece

    def _prepare(self, call: ChatCall) -> tuple[list[int], Any]:
        """The prompt's tokens and the grammar's matcher, off the event loop."""
        try:
            rendered = self._tokenizer.apply_chat_template(
                list(call.messages),
                tools=list(call.tools) if call.tools_wanted else None,
                add_generation_prompt=True,
                return_dict=True,
            )
        except Exception as error:  # a template is a program of the model's author and may raise any error
            raise InvalidInput(
                f"The model's chat template refuses these messages: {type(error).__name__}.",
                detail={"fields": {"messages": "refused by the chat template"}},
            ) from error
        prompt: list[int] = list(rendered["input_ids"])
        # Some tokenizers have more tokens than their model; such a token would end the decoding thread.
        if any(token >= self._vocab_size for token in prompt):
            raise InvalidInput(
                "The messages contain a special token without weights in the model.",
                detail={"fields": {"messages": "contain a token outside the model's vocabulary"}},
            )
        limit = self.max_model_len or 0
        if len(prompt) >= limit:
            raise ContextTooLong(
                f"The prompt has {len(prompt)} tokens; the model takes {limit}.",
                detail={"limit_tokens": limit, "tokens": len(prompt)},
            )
        schema = call.schema
        if schema is None and call.tools_wanted:
            schema = tool_choice_schema(call.tools, call.tool_choice)
        return prompt, None if schema is None else self._grammars.matcher(schema)

    async def _decode(self, call: ChatCall, prompt: list[int], matcher: Any) -> AsyncGenerator[TextPiece, None]:
        from deployments.llm.engines.transformers_sampler import RowSampling

        manager = self._manager
        if manager is None or not manager.is_running():
            raise EngineUnavailable("The transformers engine is not running.", retry_after_s=5)
        request_id = f"{next(self._ids)}"
        sampling = RowSampling(call, matcher, self._device)
        reader = AnswerReader(call, self._text, self._stop_tokens)
        outputs: asyncio.Queue[Any] = asyncio.Queue()
        self._sampler.add(request_id, sampling)
        manager.register_result_handler(request_id, outputs.put_nowait)
        limit = min(call.max_tokens, (self.max_model_len or 0) - len(prompt))
        finished = False
        seen = 0
        try:
            if not manager.add_request(
                prompt, request_id=request_id, max_new_tokens=limit, streaming=True, eos_token_id=self._stop_tokens
            ):
                raise EngineUnavailable("The transformers engine is stopping.", retry_after_s=5)
            while not reader.stopped and not finished:
                output = await outputs.get()
                error = output.error or sampling.error
                if error:
                    logger.error("the transformers engine failed a request: %s", error)
                    raise EngineFailed("The language model failed while it worked on this request.")
                finished = output.is_finished()
                text = "".join(reader.feed(token) for token in output.generated_tokens[seen:])
                seen = len(output.generated_tokens)
                if text:
                    yield TextPiece(text, len(prompt), reader.tokens)
            text, tool_calls = reader.finish()
            finish: FinishReason = "stop" if reader.stopped else "length"
            yield TextPiece(text, len(prompt), reader.tokens, "tool_calls" if tool_calls else finish, tool_calls)
        finally:
            if not finished:
                manager.cancel_request(request_id)
            self._sampler.remove(request_id)
            _forget(manager, request_id)

    def _text(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))


def _unpacking(gguf: str | None) -> dict[str, Any]:
    """Weights of a GGUF file are unpacked when they are loaded; packed ones cannot be batched here."""
    if gguf is None:
        return {}
    from transformers import GgufConfig

    return {"quantization_config": GgufConfig(dequantize=True)}


def _forget(manager: Any, request_id: str) -> None:
    router = manager.output_router
    router.result_handlers.pop(request_id, None)
    # Steps already running for a cancelled request end here; no other code reads them.
    while True:
        try:
            router.output_queue.get_nowait()
        except queue.Empty:
            return


def _stop_tokens(model: Any, tokenizer: Any) -> list[int]:
    """The tokens that end an answer, the tokenizer's own first."""
    found = model.generation_config.eos_token_id
    listed = found if isinstance(found, list) else [found]
    tokens = [token for token in (tokenizer.eos_token_id, *listed) if token is not None]
    if not tokens:
        raise ConfigError("llm.model: neither tokenizer nor generation config names an end-of-sequence token.")
    return list(dict.fromkeys(tokens))
