"""Locates the files that ship with the platform: ``configs/`` and the catalogue of models in ``models/``."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path


def shipped_root() -> Path:
    """The directory that holds ``configs/`` and ``models/``.

    It is ``INTERVIEW_HOME`` if set, else the copy inside an installed wheel, else the root of the checkout.
    """
    given = os.environ.get("INTERVIEW_HOME")
    if given:
        return Path(given)
    package = Path(str(files("interview")))
    installed = package / "_shipped"
    return installed if installed.is_dir() else package.parent
