"""Recordings in, samples and speech intervals out."""
