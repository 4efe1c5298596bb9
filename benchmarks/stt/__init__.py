"""The speech-to-text benchmark."""
