"""The rubric judge on real weights: ``python -m benchmarks.judge --records FILE [--server URL --model NAME]``.

With ``--server`` it judges the answers that the file has no record of, one line each, and may be stopped and started
again. Then it prints the figures of all recorded answers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.judge.criteria import criteria_cases, criteria_figures
from benchmarks.judge.figures import figures, fitted, judged_cases
from benchmarks.judge.instructions import instruction_cases, instruction_figures
from benchmarks.judge.records import Case, RecordedModel, RecordingModel, graded_cases, record, records_in
from benchmarks.open_answers import DATA, read
from deployments.grading.config import JudgeConfig
from deployments.grading.judge.rubric import RubricJudge
from deployments.llm.config import LlmConfig, RemoteConfig
from deployments.llm.engines.remote import RemoteLanguageModel
from interview.errors import InterviewError, NotFound


async def judge_missing(cases: Sequence[Case], path: Path, server: str, model: str) -> None:
    """Judge what is not recorded yet, and append each response to ``path``."""
    remote = RemoteConfig(base_url=server, attempts=2)
    engine = RemoteLanguageModel(LlmConfig(engine="remote", model=model, deadline_s=600, remote=remote))
    recording = RecordingModel(engine)
    config = JudgeConfig(deadline_s=600)
    try:
        for at, case in enumerate(cases, 1):
            recorded = RecordedModel(records_in(path))  # another process may write to the same file
            try:
                await RubricJudge(recorded, config).grade(case.question, case.answer)
                continue
            except NotFound:
                pass
            started = time.monotonic()
            try:
                await RubricJudge(recording, config).grade(case.question, case.answer)
            except InterviewError as error:
                print(f"{at}/{len(cases)} {case.id}: {error.code}", file=sys.stderr)
                if not recording.response:
                    continue
            made = record(case.id, recording.request, recording.response, time.monotonic() - started)
            with path.open("ab") as file:
                file.write(msgspec.json.encode(made) + b"\n")
            print(f"{at}/{len(cases)} {case.id}: {made.tokens} tokens, {made.seconds:.0f} s", file=sys.stderr)
    finally:
        await engine.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--records", type=Path, required=True, help="JSON lines of recorded responses")
    parser.add_argument("--data", type=Path, default=DATA, help="a CSV with the columns of the shipped set")
    parser.add_argument("--answers", type=int, default=300, help="how many graded answers")
    parser.add_argument("--instructions", type=int, default=0, help="how many with orders, and with mentions")
    parser.add_argument("--more-instructions", type=Path, help="JSON lines of further ones (area: orders)")
    parser.add_argument("--criteria", type=int, default=0, help="how many shipped questions, three answers each")
    parser.add_argument("--server", help="an OpenAI-compatible server, e.g. http://127.0.0.1:9000/v1")
    parser.add_argument("--model", default="", help="the server's name of the model")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--fit", action="store_true", help="print the share and the confidence fitted to all answers")
    parser.add_argument("--part", type=int, default=0, help="begin with this quarter (0 to 3), beside other processes")
    given = parser.parse_args(arguments)
    rows = read(given.data)
    cases = graded_cases(rows, given.answers)
    instructed = instruction_cases(given.instructions, given.more_instructions) if given.instructions else []
    by_level = criteria_cases(given.criteria) if given.criteria else []
    if given.server:
        begin = len(cases) * given.part // 4
        asyncio.run(
            judge_missing(
                [*instructed, *by_level, *cases[begin:], *cases[:begin]], given.records, given.server, given.model
            )
        )
    found = asyncio.run(judged_cases(cases, records_in(given.records), rows))
    if not found:
        parser.error(f"{given.records} has no record of these answers; name a server with --server and --model")
    if given.fit:
        print(json.dumps(fitted(found), indent=2))
        return 0
    result = {"model": given.model, "data": given.data.name, **figures(found)}
    if instructed:
        result["instructions"] = asyncio.run(instruction_figures(instructed, records_in(given.records)))
    if by_level:
        result["criteria"] = asyncio.run(criteria_figures(by_level, records_in(given.records)))
    print(json.dumps(result, indent=2))
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
