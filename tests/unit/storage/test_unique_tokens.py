"""Tokens differ within a process and between a process and its forks, whatever seeds the shared generator."""

from __future__ import annotations

import os
import random

from storage.unique_tokens import TOKEN_CHARS, unique_token


def test_tokens_have_one_length_and_differ_under_one_seed() -> None:
    tokens = set()
    for _ in range(1000):
        random.seed(1)
        tokens.add(unique_token())
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {TOKEN_CHARS}


def test_a_forked_child_makes_tokens_of_its_own() -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, unique_token().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 64).decode() != unique_token()
