"""The written summary on real weights: ``python -m benchmarks.written_summaries INTERVIEWS --records FILE``.

INTERVIEWS: recorded interviews of ``interview simulate --records``. Each gets one summary. With ``--server`` those that
FILE lacks are written, and their responses appended to it; the figures are computed from FILE. ``--resume``: a text
file that stands for every candidate's résumé. ``--show`` prints each kept sentence with its quote.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.judge.records import Record, RecordedModel, RecordingModel, record, records_in
from deployments.grading.synthesis.numbered_interview import Answered
from deployments.grading.synthesis.writer import Synthesis, SynthesisWriter
from deployments.llm.config import LlmConfig, RemoteConfig
from deployments.llm.engines.remote import RemoteLanguageModel
from interview.errors import InvalidModelOutput, NotFound
from interview.text.sentences import sentences_of
from serve.simulation.records import HeldRecord

#: Shorter answers are remarks ("No, thank you.").
_ANSWER_WORDS = 6


def interviews_in(path: Path) -> dict[str, list[Answered]]:
    """The candidate's answers to the model's turns, by plan and persona."""
    found: dict[str, list[Answered]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        held = msgspec.json.decode(line, type=HeldRecord)
        said = {one.turn: one.said for one in held.turns}
        found[f"{held.interview.plan}/{held.interview.persona}"] = [
            Answered(one.turn, _asked(said.get(one.turn - 1, "(another question of the plan)")), one.answer)
            for one in held.turns
            if len(one.answer.split()) >= _ANSWER_WORDS
        ]
    return found


def _asked(reply: str) -> str:
    """The interviewer's last reply without its acknowledgement."""
    return " ".join(sentences_of(reply)[-3:])


async def write_missing(
    interviews: dict[str, list[Answered]], resume: str, path: Path, server: str, model: str
) -> None:
    remote = RemoteConfig(base_url=server, attempts=2)
    engine = RemoteLanguageModel(LlmConfig(engine="remote", model=model, deadline_s=1800, remote=remote))
    recording = RecordingModel(engine)
    try:
        for name, answers in interviews.items():
            try:
                await SynthesisWriter(RecordedModel(records_in(path))).write(answers, resume)
                continue
            except NotFound:
                started = time.monotonic()
            try:
                await SynthesisWriter(recording, deadline_s=1800).write(answers, resume)
            except InvalidModelOutput as error:
                print(f"{name}: {error.code}", file=sys.stderr)
            made = record(name, recording.request, recording.response, time.monotonic() - started)
            with path.open("ab") as file:
                file.write(msgspec.json.encode(made) + b"\n")
            print(f"{name}: {made.tokens} tokens, {made.seconds:.0f} s", file=sys.stderr)
    finally:
        await engine.stop()


async def figures(
    interviews: dict[str, list[Answered]], resume: str, records: dict[str, Record], *, show: bool = False
) -> dict[str, Any]:
    """The figures of the recorded summaries."""
    kinds: Counter[str] = Counter()
    written: list[Synthesis] = []
    used: list[Record] = []
    invalid = 0
    for name, answers in interviews.items():
        model = RecordedModel(records)
        try:
            summary = await SynthesisWriter(model).write(answers, resume)
        except NotFound:
            continue
        except InvalidModelOutput:
            invalid += 1
            continue
        written.append(summary)
        used += [model.last] if model.last is not None else []
        kinds.update(one.kind for one in summary.sentences)
        for one in summary.sentences if show else ():
            print(f"{name}\t{one.kind}\t{one.text}\t“{one.quote}”\t{one.resume_quote}")
    seconds = sorted(one.seconds for one in used)
    return {
        "interviews": len(written) + invalid,
        "no JSON": invalid,
        "sentences kept": sum(len(one.sentences) for one in written),
        "sentences dropped": sum(one.dropped for one in written),
        "kinds": dict(kinds),
        "prompt tokens": round(sum(one.prompt_tokens for one in used) / max(1, len(used))),
        "written tokens": round(sum(one.tokens for one in used) / max(1, len(used))),
        "seconds, median": seconds[len(seconds) // 2] if seconds else None,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("interviews", type=Path)
    parser.add_argument("--records", type=Path, required=True, help="JSON lines of recorded responses")
    parser.add_argument("--resume", type=Path, help="a text file")
    parser.add_argument("--only", default="", help="interviews whose PLAN/PERSONA contains this")
    parser.add_argument("--server", help="an OpenAI-compatible server, e.g. http://127.0.0.1:9000/v1")
    parser.add_argument("--model", default="", help="the server's name of the model")
    parser.add_argument("--show", action="store_true", help="print each kept sentence")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args(arguments)
    interviews = {name: told for name, told in interviews_in(given.interviews).items() if given.only in name}
    resume = given.resume.read_text(encoding="utf-8") if given.resume else ""
    if given.server:
        asyncio.run(write_missing(interviews, resume, given.records, given.server, given.model))
    found = asyncio.run(figures(interviews, resume, records_in(given.records), show=given.show))
    text = json.dumps(found, indent=1)
    print(text)
    if given.json:
        given.json.write_text(f"{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
