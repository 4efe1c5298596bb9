"""Configuration of the grading tier: section ``grading`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from deployments.shell.replicas import ReplicaConfig
from deployments.shell.sandbox import SandboxLimits
from interview.limits import MAX_ANSWER_CHARS


class FakeGradingConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fake tier's service time: exact for ``fixed``, the median for ``lognormal``."""

    seed: int = 0
    service_time: Literal["zero", "fixed", "lognormal"] = "zero"
    service_ms: float = 0.0
    service_sigma: float = 0.4


class WatchdogPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits (on the scale of scores, [0, 1]) beyond which a rubric grade needs review."""

    #: Highest minus lowest score of one criterion among the samples.
    spread: float = 0.45
    #: Difference between judge and key-point coverage.
    disagreement: float = 0.6
    #: Mean absolute error on the plan's reference answers (labelled 1, 0.6 and 0.2).
    drift: float = 0.25
    #: How many of them are judged, and how often (seconds) per plan; 0 disables the measurement.
    drift_items: int = 6
    drift_every_s: float = 6 * 3600.0
    #: Minimum confidence.
    confidence: float = 0.5


class JudgeConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rubric judge. A question's own ``samples`` override, up to ``samples_at_most``."""

    samples: int = 3
    samples_at_most: int = 9
    temperature: float = 0.7
    #: For one sample. A verdict takes about 8 tokens for each criterion or key point.
    max_tokens: int = 400
    #: For all samples of an answer, which are one request.
    deadline_s: float = 120.0
    #: The share of key-point coverage by meaning in the score, in [0, 1); 0 for the judge alone.
    coverage_share: float = 0.6
    watchdog: WatchdogPolicy = field(default_factory=WatchdogPolicy)

    def __post_init__(self) -> None:
        if not 0.0 <= self.coverage_share < 1.0:
            raise ValueError(
                f"coverage_share is {self.coverage_share:g}; give a share of at least 0 and below 1"
                " (0.6 for 60 %, 0 for the judge alone)"
            )


class SynthesisConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The written summary of an interview, where there is a language model. ``max_tokens`` and ``deadline_s``: of one
    sentence."""

    enabled: bool = True
    max_tokens: int = 300
    deadline_s: float = 120.0


class BackgroundConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Background grading. Jobs are retried for about an hour (see ``storage.work_queue.port``) before they are dead."""

    concurrency: int = 2
    lease_s: float = 60.0
    max_attempts: int = 20
    backoff_s: float = 1.0
    #: How long a report waits for the judge without progress before it is published with provisional grades.
    patience_s: float = 1800.0
    #: Interval (seconds) of the sweeps that archive expiring sessions and queue missing evaluations; 0 disables them.
    archive_sweep_s: float = 300.0
    #: Interval (seconds) of the sweep that applies the retention policy; 0 disables it.
    retention_sweep_s: float = 3600.0
    #: Deadline of one call to the language model's deployment, including its time in the queue.
    llm_timeout_s: float = 180.0


class GradingConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The grading tier."""

    #: ``graders`` grades; ``fake`` draws scores from a hash of the answer (load runs).
    engine: Literal["graders", "fake"] = "graders"
    #: Below this transcript confidence a grade needs review.
    review_below: float = 0.6
    #: Longer answers are truncated for grading, and the grade says so.
    max_answer_chars: int = MAX_ANSWER_CHARS
    #: A longer call fails with ``deadline-exceeded``.
    deadline_s: float = 10.0
    #: The process and limits of all other graders. Its child is kept, because forking costs more than most grades.
    quick_sandbox: SandboxLimits = field(
        default_factory=lambda: SandboxLimits(memory_bytes=256 * 1024 * 1024, tasks_per_child=1000)
    )
    #: Processes and limits for evaluating candidates' formulas and symbolic answers.
    formula_sandbox: SandboxLimits = field(default_factory=SandboxLimits)
    symbolic_sandbox: SandboxLimits = field(default_factory=SandboxLimits)
    #: Start the formula processes with the replica (about 1.5 s and 120 MB each) instead of with the first formula.
    warm_sandboxes: bool = False
    #: The token encoder with which key-point coverage compares by meaning: a name from ``interview models list`` or a
    #: directory. None compares words only.
    embeddings: str | None = "minilm-l6-v2-int8"
    judge: JudgeConfig = field(default_factory=JudgeConfig)
    synthesis: SynthesisConfig = field(default_factory=SynthesisConfig)
    background: BackgroundConfig = field(default_factory=BackgroundConfig)
    replicas: ReplicaConfig = field(default_factory=ReplicaConfig)
    fake: FakeGradingConfig = field(default_factory=FakeGradingConfig)
