"""Turn detection for live speech: voice activity per frame, and whether a speaker has finished."""
