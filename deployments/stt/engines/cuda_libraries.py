"""Preloads CUDA 12 libraries so that CTranslate2 runs next to a vLLM built for CUDA 13.

CTranslate2 opens ``libcublas.so.12`` and ``libcudnn.so.9`` by name at first use. Loading them here from the
``nvidia-cublas-cu12`` and ``nvidia-cudnn-cu12`` wheels registers them in the process under those names, so that no
``LD_LIBRARY_PATH`` is needed and vLLM's own libraries, in another process, are unaffected.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
from pathlib import Path

logger = logging.getLogger(__name__)

#: In dependency order.
_LIBRARIES = (
    ("cublas", "libcublasLt.so.12"),
    ("cublas", "libcublas.so.12"),
    ("cudnn", "libcudnn.so.9"),
)


def preload_cuda12() -> tuple[str, ...]:
    """Load the wheels' libraries and return the paths; empty when the wheels are not installed.

    A missing wheel is not an error: a system-wide CUDA 12 also works, and CTranslate2 reports if there is none.
    """
    loaded: list[str] = []
    for package, library in _LIBRARIES:
        path = _wheel_library(package, library)
        if path is None:
            logger.info("no %s in the nvidia wheels; relying on the system's", library)
            continue
        ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
        loaded.append(str(path))
    return tuple(loaded)


def _wheel_library(package: str, library: str) -> Path | None:
    spec = importlib.util.find_spec("nvidia")
    for root in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(root) / package / "lib" / library
        if path.is_file():
            return path
    return None
