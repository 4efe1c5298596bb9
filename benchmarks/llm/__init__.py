"""The language-model benchmark."""
