"""Configuration of the language-model tier: section ``llm`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

from deployments.shell.circuit_breaker import BreakerConfig
from deployments.shell.replicas import ReplicaConfig

EngineName = Literal["none", "fake", "transformers", "vllm", "remote"]
ServiceTimeKind = Literal["zero", "fixed", "lognormal"]


class LlmReplicas(ReplicaConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Many requests share one engine's batch. Loading weights is slow, so replicas stay for ten minutes.

    vLLM reserves ``vllm.bundles`` instead of ``num_cpus`` and ``num_gpus``.
    """

    target_ongoing_requests: float = 32.0
    max_ongoing_requests: int = 256
    upscale_delay_s: float = 15.0
    downscale_delay_s: float = 600.0
    num_cpus: float = 1.0


class FakeModelConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fake engine. ``service_ms`` is the time of one whole completion: exact for ``fixed``, the median for
    ``lognormal``, whose ``service_sigma`` is the standard deviation of the logarithm."""

    seed: int = 0
    service_time: ServiceTimeKind = "zero"
    service_ms: float = 0.0
    service_sigma: float = 0.4
    #: Probability that a call fails with a retryable ``EngineFailed``, drawn from ``seed``.
    failure_rate: float = 0.0


class TransformersConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hugging Face transformers on CPU or GPU. ``device`` is a torch device; ``dtype`` a torch dtype or ``auto``."""

    device: str = "auto"
    dtype: str = "auto"
    #: Sequences decoded together; more wait in the engine's queue by priority.
    max_batch: int = 32
    #: Memory of the KV cache. When it is too small, fewer sequences than ``max_batch`` are decoded together.
    kv_cache_gib: float = 4.0
    #: Prompt tokens processed per step, between the tokens of running answers.
    prefill_tokens: int = 2048
    #: torch's intra-operation threads; 0 for torch's default.
    num_threads: int = 0
    trust_remote_code: bool = False
    #: Passed to ``AutoModelForCausalLM.from_pretrained``, e.g. a quantisation config.
    model_kwargs: dict[str, Any] = field(default_factory=dict)


class LoraAdapter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A LoRA adapter served under its own model name. ``path`` is a local directory."""

    name: str
    path: str


class VllmConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """vLLM through ``ray.serve.llm``.

    ``accelerator_type`` is Ray's name of the card (``H100``), or None on CPU. ``engine_kwargs`` go to vLLM unchanged
    and override the named fields.
    """

    accelerator_type: str | None = None
    device: Literal["cuda", "cpu"] = "cuda"
    tensor_parallel: int = 1
    gpu_memory_utilization: float = 0.9
    #: ``auto``, or ``dummy`` for random weights of the right shape (benchmarks; config and tokenizer still needed).
    load_format: str = "auto"
    dtype: str = "auto"
    #: ``awq``, ``gptq``, ``fp8``, ``compressed-tensors``…; None reads it from the weights' own config.
    quantization: str | None = None
    kv_cache_dtype: str = "auto"
    #: The engine's own defaults are 128 sequences and 2,048 batched tokens; its API server uses 1,024 and 8,192.
    max_num_seqs: int = 256
    max_num_batched_tokens: int = 8192
    enforce_eager: bool = False
    lora: tuple[LoraAdapter, ...] = ()
    max_lora_rank: int = 16
    #: Enables ``tools`` with ``tool_choice: auto``; the name of vLLM's parser for the model (``hermes`` for Qwen).
    tool_call_parser: str | None = None
    #: ``ray`` placement bundles; None means one one-GPU bundle per tensor-parallel worker.
    bundles: tuple[dict[str, float], ...] | None = None
    engine_kwargs: dict[str, Any] = field(default_factory=dict)
    #: Set when the deploying machine has no copy of the weights: only the workers then look for them.
    weights_on_workers_only: bool = False
    #: Environment of the engine's processes.
    env: dict[str, str] = field(default_factory=dict)


class RemoteConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any OpenAI-compatible server. The API key comes from the environment variable named ``api_key_env``."""

    base_url: str = ""
    api_key_env: str = "INTERVIEW_LLM_API_KEY"
    attempts: int = 3
    backoff_s: float = 0.25
    backoff_max_s: float = 4.0
    connect_timeout_s: float = 5.0
    breaker: BreakerConfig = field(default_factory=BreakerConfig)
    #: Extra keys for every request body, e.g. ``{"keep_alive": "10m"}`` for Ollama.
    extra_body: dict[str, Any] = field(default_factory=dict)
    #: Sends vLLM's own ``priority`` field; other servers reject unknown fields.
    forward_priority: bool = False


class EngineConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A language model and the engine that serves it.

    ``model`` is a hub id already pulled with ``interview models pull``, or a directory. ``served_name`` is the
    name clients use; it defaults to the last part of ``model``.
    """

    engine: EngineName = "none"
    model: str = ""
    served_name: str | None = None
    #: Directory of ``interview models pull``; None is Hugging Face's own cache.
    models_dir: str | None = None
    max_model_len: int | None = None
    #: The default for requests without ``max_tokens``; a request may not exceed ``max_tokens_limit``.
    max_tokens_default: int = 512
    max_tokens_limit: int = 4096
    #: Limit on the characters of all messages together.
    max_prompt_chars: int = 400_000
    #: A request's own ``deadline_s`` may only shorten this.
    deadline_s: float = 60.0
    #: After the first chunk of a stream, later ones wait up to this long to share an RPC message; 0 to disable.
    stream_interval_ms: float = 20.0
    #: Limit on the messages of all streams of a replica together; with more than 10 streams (at 20 ms) each waits
    #: longer.
    stream_messages_per_s: float = 500.0
    warm_up_deadline_s: float = 600.0
    health_deadline_s: float = 20.0
    replicas: LlmReplicas = LlmReplicas()
    fake: FakeModelConfig = field(default_factory=FakeModelConfig)
    transformers: TransformersConfig = field(default_factory=TransformersConfig)
    vllm: VllmConfig = field(default_factory=VllmConfig)
    remote: RemoteConfig = field(default_factory=RemoteConfig)

    @property
    def name(self) -> str:
        """The model name clients use."""
        return self.served_name or self.model.rstrip("/").rsplit("/", 1)[-1] or self.engine


class LlmConfig(EngineConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language-model tier. ``judge``: a language model of its own for the rubric judge, with the same fields; None
    has the interviewer's model judge."""

    judge: EngineConfig | None = None

    def __post_init__(self) -> None:
        if self.judge is not None and self.judge.engine == "none":
            raise ValueError("judge.engine must name an engine; leave llm.judge out to judge with the interviewer's")

    @property
    def of_judge(self) -> LlmConfig | None:
        """The judge's own configuration as a tier's; None if it has none."""
        if self.judge is None:
            return None
        return LlmConfig(**{name: getattr(self.judge, name) for name in EngineConfig.__struct_fields__})
