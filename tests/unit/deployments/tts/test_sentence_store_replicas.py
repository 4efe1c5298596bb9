"""Replicas share one directory of stored sentences, and each deletes what is over the bound."""

from pathlib import Path

import numpy as np

from deployments.tts.sentence_store import SentenceKey, SentenceStore


def test_a_sentence_that_another_replica_deletes_meanwhile_does_not_stop_the_eviction(tmp_path: Path) -> None:
    store = SentenceStore(max_bytes=0, directory=tmp_path, max_kept_bytes=100)
    first, second = (SentenceKey("1", "v", 1.0, text) for text in ("one", "two"))
    store.keep(first, np.zeros(40, np.int16))
    # listed, but gone before its size is read: a link to nothing behaves like it
    (tmp_path / "gone.pcm").symlink_to(tmp_path / "nothing")
    store.keep(second, np.zeros(40, np.int16))
    assert [store.is_kept(key) for key in (first, second)] == [False, True]
