"""faster-whisper with cross-request batching: pieces of different requests share one encode and one generate.

``WhisperModel.transcribe`` and ``BatchedInferencePipeline`` batch within one recording. Here CTranslate2 gets the same
features, prompt and arguments as on the sequential path, for many recordings at once, so the texts equal those of the
sequential path.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from deployments.stt.audio.decode import SAMPLE_RATE, Samples
from deployments.stt.config import SttConfig
from deployments.stt.contract import EngineInfo, Word
from deployments.stt.engines.model_resolution import ResolvedModel
from deployments.stt.engines.port import AudioPiece, BatchKey, EngineStats, Part, PieceOptions, PieceText
from deployments.stt.engines.prompt_tokens import bucketed_prompt, prompt_text
from deployments.stt.engines.window_policy import (
    FRAMES_PER_S,
    FULL_WINDOW_FRAMES,
    segmentation_for,
    window_frames,
    windows_for,
)
from interview.errors import EngineUnavailable, UnsupportedRequest

#: Whisper's decoder has 448 positions; a timestamp token is 20 ms and the first may not exceed 1 s.
_MAX_LENGTH = 448
_MAX_INITIAL_TIMESTAMP = 50
_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、"


class WhisperEngine:
    """``SpeechEngine`` over CTranslate2 Whisper weights."""

    def __init__(self, config: SttConfig, resolved: ResolvedModel) -> None:
        from faster_whisper import WhisperModel

        device = chosen_device(config)
        if device == "cuda":
            from deployments.stt.engines.cuda_libraries import preload_cuda12

            preload_cuda12()
        compute_type = config.compute_type
        if compute_type == "auto":
            compute_type = "float16" if device == "cuda" else "int8"
        try:
            self._whisper = WhisperModel(
                resolved.path,
                device=device,
                compute_type=compute_type,
                cpu_threads=config.threads_per_worker,
                num_workers=config.workers,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineUnavailable(f"The speech model {resolved.name} could not be loaded on {device}.") from error
        self._config = config
        self._device = device
        self.windows_s = windows_for(config, resolved.profile)
        segmentation = segmentation_for(self.windows_s, resolved.profile)
        self.profile = msgspec.structs.replace(resolved.profile, segmentation=segmentation)
        self.workers = config.workers
        self.stats = EngineStats()
        self.info = EngineInfo(
            name="faster-whisper",
            model=resolved.name,
            device=f"{device}/{compute_type}",
            notice=self.profile.notice,
            languages=tuple(one for one in self._whisper.supported_languages if not self.profile.is_useless_in(one)),
        )
        self._tokenizers: dict[str, tuple[Any, tuple[int, ...]]] = {}

    def detect_language(self, samples: Samples) -> str:
        if not self._whisper.model.is_multilingual:
            return "en"
        language, _, _ = self._whisper.detect_language(audio=samples)
        return str(language)

    def prepare(self, samples: Samples, options: PieceOptions) -> AudioPiece:
        tokenizer, _ = self._tokenizer(options.language)
        # The extractor pads one hop, and the sequential path drops the resulting frame; the rest is 0.0, not silence.
        features = self._whisper.feature_extractor(samples)
        content = features.shape[-1] - 1
        audio_s = content / FRAMES_PER_S
        frames = window_frames(audio_s, self.windows_s, self.profile.window_margin_s)
        content = min(content, frames)
        padded = _padded(features[:, :content], frames)

        head = self._prompt_head(tokenizer, options)
        task: list[int] = tokenizer.sot_sequence
        prompt = [*head, *task] if options.segment_timestamps else [*head, *task, tokenizer.no_timestamps]
        key = BatchKey(
            window_frames=frames,
            prompt_tokens=len(prompt),
            transcript_token_at=len(head),
            timestamps=options.segment_timestamps,
            beam_size=self._config.beam_size,
            temperature=options.temperature,
            align_tokens=tuple(task) if options.word_timestamps else (),
        )
        return AudioPiece(key, padded, content, prompt, options.language, window_s=frames / FRAMES_PER_S)

    def remainder(self, piece: AudioPiece, from_frame: int) -> AudioPiece | None:
        left = piece.content_frames - from_frame
        if from_frame <= 0 or left <= 0:
            return None
        frames = window_frames(left / FRAMES_PER_S, self.windows_s, self.profile.window_margin_s)
        return replace(
            piece,
            key=msgspec.structs.replace(piece.key, window_frames=frames),
            features=_padded(piece.features[:, from_frame : piece.content_frames], frames),
            content_frames=left,
            speech_s=piece.speech_s * left / piece.content_frames,
            window_s=frames / FRAMES_PER_S,
        )

    def _prompt_head(self, tokenizer: Any, options: PieceOptions) -> list[int]:
        if not self.profile.accepts_prompts:
            return []
        tokens = bucketed_prompt(
            tokenizer.encode,
            prompt_text(options.prompt, options.hotwords),
            bucket=self._config.prompt_bucket_tokens,
            limit=self._config.max_prompt_tokens,
        )
        return [tokenizer.sot_prev, *tokens] if tokens else []

    def _tokenizer(self, language: str) -> tuple[Any, tuple[int, ...]]:
        """faster-whisper's tokenizer for a language, with the tokens that the decoder must not emit."""
        found = self._tokenizers.get(language)
        if found is None:
            from faster_whisper.tokenizer import Tokenizer
            from faster_whisper.transcribe import get_suppressed_tokens

            if language not in self._whisper.supported_languages:
                raise UnsupportedRequest(
                    f"The speech model {self.info.model} does not know the language '{language}'.",
                    detail={"fields": {"language": "not supported by the loaded speech model"}},
                )
            tokenizer = Tokenizer(
                self._whisper.hf_tokenizer, self._whisper.model.is_multilingual, task="transcribe", language=language
            )
            found = self._tokenizers[language] = (tokenizer, get_suppressed_tokens(tokenizer, [-1]))
        return found

    def transcribe_batch(self, pieces: Sequence[AudioPiece]) -> list[PieceText]:
        from faster_whisper.transcribe import get_compression_ratio

        key = pieces[0].key
        encoded = self._encode(pieces)
        sampling: dict[str, Any] = (
            {"beam_size": 1, "num_hypotheses": 5, "sampling_topk": 0, "sampling_temperature": key.temperature}
            if key.temperature > 0
            else {"beam_size": key.beam_size, "patience": 1}
        )
        _, suppressed = self._tokenizer(pieces[0].language)
        results = self._whisper.model.generate(
            encoded,
            [piece.prompt for piece in pieces],
            length_penalty=1,
            repetition_penalty=1,
            no_repeat_ngram_size=0,
            max_length=min(_MAX_LENGTH, key.prompt_tokens + self._config.max_new_tokens),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=suppressed,
            max_initial_timestamp_index=_MAX_INITIAL_TIMESTAMP,
            **sampling,
        )
        language_logprobs = self._language_logprobs(encoded, pieces)
        words: list[tuple[Word, ...]] = [()] * len(pieces)
        if key.align_tokens:
            words = self._align(encoded, pieces, [list(result.sequences_ids[0]) for result in results])
        texts: list[PieceText] = []
        for piece, result, aligned, language_logprob in zip(pieces, results, words, language_logprobs, strict=True):
            tokens = result.sequences_ids[0]
            parts, resume_frame = self._parts(piece, tokens)
            text = " ".join(part.text for part in parts)
            # CTranslate2 returns the mean over the tokens; Whisper's own figure includes the end token.
            avg_logprob = result.scores[0] * len(tokens) / (len(tokens) + 1)
            texts.append(
                PieceText(
                    parts=parts,
                    avg_logprob=float(avg_logprob),
                    no_speech_prob=float(result.no_speech_prob),
                    compression_ratio=float(get_compression_ratio(text)) if text else 0.0,
                    language_logprob=language_logprob,
                    words=aligned,
                    resume_frame=resume_frame,
                    batch_size=len(pieces),
                )
            )
        self.stats.record(len(pieces))
        return texts

    def _language_logprobs(self, encoded: Any, pieces: Sequence[AudioPiece]) -> list[float]:
        """The log-probability of each piece's language, at the cost of one decoded token; 0 from a model of one."""
        if not self._whisper.model.is_multilingual:
            return [0.0] * len(pieces)
        detected = self._whisper.model.detect_language(encoded)
        found = [dict(ranked).get(f"<|{piece.language}|>", 0.0) for piece, ranked in zip(pieces, detected, strict=True)]
        return [math.log(max(probability, 1e-6)) for probability in found]

    def _encode(self, pieces: Sequence[AudioPiece]) -> Any:
        """The encoder's output for all pieces, float, shape (pieces, window_frames / 2, width).

        On a CPU pieces are encoded one by one, because their attention matrices then stay in the cache. The decoder
        gains from the batch.
        """
        if self._device != "cpu" or len(pieces) == 1:
            return self._whisper.encode(np.stack([piece.features for piece in pieces]))
        import ctranslate2

        alone = [np.asarray(self._whisper.encode(piece.features[None])) for piece in pieces]
        return ctranslate2.StorageView.from_array(np.concatenate(alone))

    def full_window(self, piece: AudioPiece) -> AudioPiece | None:
        if piece.key.window_frames >= FULL_WINDOW_FRAMES:
            return None
        return replace(
            piece,
            key=msgspec.structs.replace(piece.key, window_frames=FULL_WINDOW_FRAMES),
            features=_padded(piece.features[:, : piece.content_frames], FULL_WINDOW_FRAMES),
            window_s=FULL_WINDOW_FRAMES / FRAMES_PER_S,
        )

    def _parts(self, piece: AudioPiece, tokens: list[int]) -> tuple[tuple[Part, ...], int | None]:
        """The segments in a sequence of tokens, and the frame to resume from when the last one is unfinished."""
        tokenizer, _ = self._tokenizer(piece.language)
        duration_s = piece.content_frames / FRAMES_PER_S
        if not piece.key.timestamps:
            text = tokenizer.decode(tokens).strip()
            return ((Part(0.0, duration_s, text),) if text else ()), None
        segments, seek, _ = self._whisper._split_segments_by_timestamps(
            tokenizer=tokenizer,
            tokens=tokens,
            time_offset=0.0,
            segment_size=piece.content_frames,
            segment_duration=duration_s,
            seek=0,
        )
        parts = [
            Part(float(segment["start"]), min(float(segment["end"]), duration_s), text)
            for segment in segments
            if (text := tokenizer.decode(segment["tokens"]).strip()) and segment["start"] != segment["end"]
        ]
        return tuple(parts), int(seek) if seek < piece.content_frames else None

    def _align(self, encoded: Any, pieces: Sequence[AudioPiece], tokens: list[list[int]]) -> list[tuple[Word, ...]]:
        """Word times from the decoder's cross-attention (dynamic time warping), punctuation joined to its word."""
        from faster_whisper.transcribe import merge_punctuations

        tokenizer, _ = self._tokenizer(pieces[0].language)
        text_tokens = [[token for token in line if token < tokenizer.eot] for line in tokens]
        frames = [piece.content_frames for piece in pieces]
        aligned = self._whisper.find_alignment(tokenizer, text_tokens, encoded, frames)
        lines: list[tuple[Word, ...]] = []
        for piece, line in zip(pieces, aligned, strict=True):
            merge_punctuations(line, _PREPENDED, _APPENDED)
            end_s = piece.content_frames / FRAMES_PER_S
            lines.append(
                tuple(
                    Word(
                        start=min(float(word["start"]), end_s),
                        end=min(float(word["end"]), end_s),
                        text=word["word"].strip(),
                        probability=float(word["probability"]),
                    )
                    for word in line
                    if word["word"].strip()
                )
            )
        return lines


def _padded(features: npt.NDArray[np.float32], frames: int) -> npt.NDArray[np.float32]:
    """Features in a window of zeros, as in Whisper's own code, not padded with the silence floor."""
    window = np.zeros((features.shape[0], frames), np.float32)
    window[:, : features.shape[1]] = features
    return window


def chosen_device(config: SttConfig) -> Literal["cpu", "cuda"]:
    """``auto`` takes a card if there is one."""
    if config.device != "auto":
        return config.device
    import ctranslate2

    return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"


def load_engine(config: SttConfig, resolved: ResolvedModel) -> WhisperEngine:
    """Load the weights and run them once, so that the first request does not wait for the warm-up.

    Raises:

        EngineUnavailable: the library or the device cannot run these weights.
    """
    if config.device == "cpu":
        os.environ.setdefault("OMP_NUM_THREADS", str(config.threads_per_worker))
    engine = WhisperEngine(config, resolved)
    silence = np.zeros(SAMPLE_RATE, np.float32)
    engine.transcribe_batch([engine.prepare(silence, PieceOptions(language="en"))])
    engine.stats = EngineStats()
    return engine
