"""Goes on training the served weights with encoder windows of 5 to 30 s, mixed batch by batch.

    cd models/stt-tiny-en/training
    python -m short_windows.finetune ../model.bin ../tokenizer.json OUT.pt SECONDS CLIPS...

Whisper is trained on 30 s of input, however short the speech; cut the input and it loops or leaves words out. Positions
are absolute and attention sees all of them, so a window is learnt like anything else: by seeing it. A run lasts so many
seconds because the machine, not the loss, sets the limit; the learning rate follows the share of them that passed.
"""

# ruff: noqa: S311 - chance here is a seeded draw, not a secret
from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from model import Encoder, Whisper
from short_windows.dequantise import read_state
from tokenizers import Tokenizer
from torch.nn import functional

#: Positions a second behind the encoder's stride of two.
POSITIONS_PER_S = 50
FULL_WINDOW = 30 * POSITIONS_PER_S
#: Windows a batch is drawn from, in positions: 5, 6, 7, 8, 10, 15 and 30 s; repeats are odds.
WINDOWS = (250, 300, 350, 400, 500, 500, 750, 1500, 1500)
VALIDATION_WINDOWS = (350, 500, 1500)
VALIDATION_CLIPS = 64
#: Padding up to this many positions is computed; beyond it a sample stands for the rest.
EXACT_PADDING = 64
SAMPLED_PADDING = 32

FRAMES_PER_BATCH = 6000
PEAK_LEARNING_RATE = 3e-4
WARM_UP_STEPS = 40
DROPOUT = 0.05
LABEL_SMOOTHING = 0.05
TIMESTAMP_SHARE = 0.1
AVERAGE_EVERY, AVERAGE_WEIGHT = 4, 0.05
CHECKPOINT_EVERY_S = 150


class Batch(NamedTuple):
    """``mel``: clips × frames × 80, zeros behind the audio. ``wanted``: -100 does not count."""

    mel: torch.Tensor
    given: torch.Tensor
    wanted: torch.Tensor


class Clips:
    """Synthesised clips in memory, and batches of about one size of them."""

    def __init__(self, tokenizer: Tokenizer, shards: Iterable[str]) -> None:
        self.mel: list[np.ndarray] = []
        texts: list[str] = []
        for shard in shards:
            frames = np.load(f"{shard}.npy")
            written = json.loads(Path(f"{shard}.json").read_text())
            lengths: list[int] = written["frames"]
            self.mel += [frames[end - length : end] for end, length in zip(np.cumsum(lengths), lengths, strict=True)]
            texts += written["texts"]
        self.tokens = [encoding.ids for encoding in tokenizer.encode_batch([f" {text}" for text in texts])]
        self.end, self.start, self.no_timestamps = (
            tokenizer.token_to_id(token) for token in ("<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>")
        )

    def batches(self, clips: Iterable[int], chance: random.Random) -> list[list[int]]:
        """Clips of like length together, about ``FRAMES_PER_BATCH`` in each, in random order."""
        shuffled = list(clips)
        chance.shuffle(shuffled)
        batches: list[list[int]] = []
        batch: list[int] = []
        for clip in sorted(shuffled, key=lambda clip: len(self.mel[clip]) + chance.random() * 40):
            if batch and (len(self.mel[clip]) + 40) * (len(batch) + 1) > FRAMES_PER_BATCH:
                batches.append(batch)
                batch = []
            batch.append(clip)
        batches.append(batch)
        chance.shuffle(batches)
        return batches

    def collate(self, clips: Sequence[int], chance: random.Random, *, augmented: bool) -> Batch:
        """At least 8 frames of padding follow the longest clip: the first convolution reads across the edge."""
        frames = (max(len(self.mel[clip]) for clip in clips) + 8 + 7) // 8 * 8
        mel = np.zeros((len(clips), frames, 80), np.float32)
        sequences: list[list[int]] = []
        for row, clip in enumerate(clips):
            audio = self.mel[clip].astype(np.float32)
            if augmented:
                audio = _masked(audio, chance)
            mel[row, : len(audio)] = audio
            if augmented and chance.random() < TIMESTAMP_SHARE:
                first = self.no_timestamps + 1
                last = first + min(FULL_WINDOW, len(audio) // 2)
                sequences.append([self.start, first, *self.tokens[clip], last])
            else:
                sequences.append([self.start, self.no_timestamps, *self.tokens[clip]])
        longest = max(map(len, sequences))
        given = np.full((len(clips), longest), self.end)
        wanted = np.full((len(clips), longest), -100)
        for row, sequence in enumerate(sequences):
            given[row, : len(sequence)] = sequence
            wanted[row, : len(sequence) - 1] = sequence[1:]
            wanted[row, len(sequence) - 1] = self.end
        return Batch(torch.from_numpy(mel), torch.from_numpy(given), torch.from_numpy(wanted))


def _masked(audio: np.ndarray, chance: random.Random) -> np.ndarray:
    """SpecAugment (Park et al. 2019) with one mask each way at most, and a change of level."""
    audio = audio + chance.uniform(-0.3, 0.2)
    if chance.random() < 0.4:
        width = chance.randrange(2, 12)
        start = chance.randrange(80 - width)
        audio[:, start : start + width] = audio.mean()
    if chance.random() < 0.3:
        width = chance.randrange(3, 14)
        start = chance.randrange(max(1, len(audio) - width))
        audio[start : start + width] = audio.mean()
    return audio


def encode(
    encoder: Encoder, mel: torch.Tensor, window: int, dropout: float = 0.0
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """``Encoder.forward`` for any window: hidden states, and the attention bias of sampled padding.

    A padded position differs from its neighbours by its position encoding alone, so ``SAMPLED_PADDING`` of n, each with
    a bias of log(n / ``SAMPLED_PADDING``), have the expected attention of all n.
    """
    signal = functional.gelu(encoder.conv2(functional.gelu(encoder.conv1(mel.transpose(1, 2))))).transpose(1, 2).float()
    heard = signal.shape[1]
    padded = window - heard
    hidden, bias = signal + encoder.pos[:heard], None
    if padded > 0:
        sampled = SAMPLED_PADDING if padded > EXACT_PADDING else padded
        if sampled < padded:
            strata = (torch.arange(sampled) + torch.rand(sampled)) * padded / sampled
            positions = heard + strata.long().clamp(max=padded - 1)
        else:
            positions = heard + torch.arange(padded)
        hidden = torch.cat([hidden, signal[:, -1:, :] + encoder.pos[positions]], 1)
        bias = torch.zeros(1, 1, 1, heard + sampled)
        bias[..., heard:] = math.log(padded / sampled)
    hidden = functional.dropout(hidden, dropout, encoder.training)
    for layer in encoder.layers:
        hidden = layer(hidden, bias=bias, drop=dropout)
    return encoder.layer_norm(hidden), bias


def loss_of(model: Whisper, batch: Batch, window: int, dropout: float) -> torch.Tensor:
    """Cross-entropy in nats a token; smoothed labels in training only."""
    encoded, bias = encode(model.encoder, batch.mel, window, dropout)
    logits = model.decoder(batch.given, encoded, bias, dropout)
    return functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]),
        batch.wanted.reshape(-1),
        ignore_index=-100,
        label_smoothing=LABEL_SMOOTHING if model.training else 0.0,
    )


def draw_window(batch: Batch, chance: random.Random) -> int:
    """A window that holds the batch."""
    return max(batch.mel.shape[1] // 2 + 2, chance.choice(WINDOWS))


def validate(model: Whisper, clips: Clips, chance: random.Random) -> dict[float, float]:
    """Loss by window in seconds, on clips that fit all of them with room to spare."""
    model.eval()
    losses = {}
    with torch.no_grad():
        for window in VALIDATION_WINDOWS:
            fitting = [clip for clip in range(VALIDATION_CLIPS) if len(clips.mel[clip]) < 2 * window - 60]
            each = [
                loss_of(model, clips.collate(batch, chance, augmented=False), window, 0.0).item()
                for batch in clips.batches(fitting, random.Random(1))
            ]
            losses[window / POSITIONS_PER_S] = round(float(np.mean(each)), 4)
    model.train()
    return losses


def _endlessly(clips: Clips, chance: random.Random) -> Iterator[Batch]:
    while True:
        for batch in clips.batches(range(VALIDATION_CLIPS, len(clips.mel)), chance):
            yield clips.collate(batch, chance, augmented=True)


def finetune(model: Whisper, clips: Clips, seconds: float, out: Path) -> None:
    """Trains for ``seconds`` of wall time; ``out`` holds the running average of the weights, rewritten as it goes."""
    chance = random.Random(0)
    torch.manual_seed(0)
    _say(f"before: {validate(model, clips, chance)}")
    parameters = [each for name, each in model.named_parameters() if not name.startswith("ctc")]
    optimizer = torch.optim.AdamW(parameters, lr=PEAK_LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    average = {name: values.clone() for name, values in model.state_dict().items()}
    started = saved = time.monotonic()
    heard = 0
    for step, batch in enumerate(_endlessly(clips, chance), start=1):
        passed = (time.monotonic() - started) / seconds
        if passed >= 1:
            break
        rate = PEAK_LEARNING_RATE * min(1, step / WARM_UP_STEPS) * max(0.02, 0.5 * (1 + math.cos(math.pi * passed)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        window = draw_window(batch, chance)
        loss = loss_of(model, batch, window, DROPOUT)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        heard += len(batch.mel)
        if step % AVERAGE_EVERY == 0:
            with torch.no_grad():
                for name, values in model.state_dict().items():
                    average[name].lerp_(values, AVERAGE_WEIGHT)
        if time.monotonic() - saved > CHECKPOINT_EVERY_S:
            saved = time.monotonic()
            _save(average, model.cfg, out)
            losses = validate(model, clips, chance)
            _say(f"{saved - started:.0f} s, step {step}, {heard} clips: {loss.item():.3f} {losses}")
    model.load_state_dict(average)
    _save(average, model.cfg, out)
    _say(f"after: {validate(model, clips, chance)}")


def _save(state: dict[str, torch.Tensor], shape: dict[str, Any], out: Path) -> None:
    """Written aside and moved, so that a stop at any moment leaves a whole checkpoint; ``export.py`` reads it."""
    aside = out.with_suffix(".part")
    torch.save({"sd": state, "cfg": shape}, aside)
    aside.replace(out)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, help="model.bin to go on from")
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path, help="checkpoint, for export.py")
    parser.add_argument("seconds", type=float, help="wall time to train for")
    parser.add_argument("clips", nargs="+", help="what short_windows.clips wrote, without the ending")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    state = read_state(arguments.weights)
    model = Whisper(len(state["decoder.embed_tokens.weight"]))
    missing = model.load_state_dict(state, strict=False).missing_keys
    if any(not name.startswith("ctc") for name in missing):
        raise SystemExit(f"the weights lack {missing}")
    clips = Clips(Tokenizer.from_file(str(arguments.tokenizer)), arguments.clips)
    finetune(model, clips, arguments.seconds, arguments.out)


if __name__ == "__main__":
    main()
