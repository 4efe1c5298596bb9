"""The cache keeps what was said lately, never more bytes than it may."""

from hypothesis import given
from hypothesis import strategies as st

from deployments.tts.cache import SpeechCache, SpeechKey
from deployments.tts.contract import Speech


def entry(text: str, size: int = 1000) -> tuple[SpeechKey, Speech]:
    return SpeechKey("e", "v", "wav", 1.0, "en", False, text), Speech(bytes(size), "audio/wav", 1.0, "e", "v")


def test_the_least_recently_used_speech_goes_first() -> None:
    cache = SpeechCache(3000)
    for text in ("a", "b"):
        cache.put(*entry(text))
    assert cache.get(entry("a")[0]) is not None
    cache.put(*entry("c"))
    assert cache.get(entry("b")[0]) is None
    assert cache.get(entry("a")[0]) is not None
    assert cache.get(entry("c")[0]) is not None


def test_anything_that_changes_the_sound_changes_the_key() -> None:
    cache = SpeechCache(10_000)
    key, speech = entry("a")
    cache.put(key, speech)
    for changed in (
        key._replace(engine="x"),
        key._replace(voice="x"),
        key._replace(format="mp3"),
        key._replace(speed=1.1),
        key._replace(language="de"),
        key._replace(continues=True),
        key._replace(text="x"),
    ):
        assert cache.get(changed) is None


def test_a_cache_of_no_bytes_keeps_nothing() -> None:
    cache = SpeechCache(0)
    cache.put(*entry("a", 0))
    assert len(cache) == 0


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 6000)), max_size=40))
def test_it_never_outgrows_its_bound_and_counts_what_it_holds(puts: list[tuple[str, int]]) -> None:
    cache = SpeechCache(5000)
    for text, size in puts:
        cache.put(*entry(text, size))
        assert cache.size_bytes <= 5000
    assert cache.size_bytes == sum(cache._weight(key, speech) for key, speech in cache._entries.items())
