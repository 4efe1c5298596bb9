"""Maps transcription servers' names of languages to ISO 639-1 codes."""

from __future__ import annotations

#: OpenAI's servers return English names, others return codes. The languages of Whisper with the most training data.
_CODES = {
    "english": "en", "chinese": "zh", "german": "de", "spanish": "es", "russian": "ru", "korean": "ko", "french": "fr",
    "japanese": "ja", "portuguese": "pt", "turkish": "tr", "polish": "pl", "catalan": "ca", "dutch": "nl",
    "arabic": "ar", "swedish": "sv", "italian": "it", "indonesian": "id", "hindi": "hi", "finnish": "fi",
    "vietnamese": "vi", "hebrew": "he", "ukrainian": "uk", "greek": "el", "malay": "ms", "czech": "cs",
    "romanian": "ro", "danish": "da", "hungarian": "hu", "tamil": "ta", "norwegian": "no", "thai": "th", "urdu": "ur",
    "croatian": "hr", "bulgarian": "bg", "lithuanian": "lt", "slovak": "sk", "telugu": "te", "persian": "fa",
    "bengali": "bn", "serbian": "sr", "slovenian": "sl", "kannada": "kn", "marathi": "mr", "punjabi": "pa",
    "swahili": "sw", "gujarati": "gu", "tagalog": "tl",
}  # fmt: skip


def language_code(name: str) -> str | None:
    """``de`` for ``german``, ``de`` or ``de-AT``; None for an empty or unknown name."""
    plain = name.strip().lower()
    if plain in _CODES:
        return _CODES[plain]
    code = plain.split("-")[0].split("_")[0]
    return code if code.isalpha() and len(code) in (2, 3) else None
