"""Locates model weights on this machine; ``pull_model`` downloads them, serving never does."""

from __future__ import annotations

from pathlib import Path

from deployments.shell.egress import require_allowed
from interview.errors import EngineUnavailable, ModelMissing, NotFound
from storage.weights.resolve import known, resolve_weights

_NO_HUB = "This machine may have no access to the model hub; pull on one that has, and copy the directory."


def no_model_configured() -> ModelMissing:
    return ModelMissing(
        "No language model is configured. Set llm.engine in the Serve configuration to transformers, vllm or remote; "
        "`interview models pull NAME` fetches weights."
    )


def model_missing(name: str, looked_in: str) -> ModelMissing:
    return ModelMissing(
        f"The weights of {name!r} are not on this machine (looked in {looked_in}). "
        f"Get them with `interview models pull {name}`, or set llm.model to a local directory, or use a server that "
        "has them with llm.engine: remote and llm.remote.base_url.",
        detail={"model": name, "looked_in": looked_in},
    )


def local_model(name: str, models_dir: str | None = None) -> Path:
    """The directory of a model: ``name`` itself, or the pulled snapshot of the hub id ``name``. No network.

    Raises:

        ModelMissing: neither exists; the message says how to get it.
    """
    if not name:
        raise no_model_configured()
    if known(name) is not None:
        return resolve_weights(name).path
    path = Path(name).expanduser()
    if (path / "config.json").is_file() or gguf_in(path):
        return path
    looks_like_path = path.is_absolute() or name.startswith((".", "~")) or name.count("/") != 1
    if looks_like_path:
        raise model_missing(name, str(path))
    from huggingface_hub import constants, try_to_load_from_cache

    found = try_to_load_from_cache(name, "config.json", cache_dir=models_dir)
    if not isinstance(found, str):
        raise model_missing(name, models_dir or str(constants.HF_HUB_CACHE))
    return Path(found).parent


def gguf_in(directory: Path) -> str | None:
    """The name of the GGUF file in a directory that holds the model in this one file; None for other directories."""
    if (directory / "config.json").is_file():
        return None
    found = sorted(path.name for path in directory.glob("*.gguf"))
    return found[0] if len(found) == 1 else None


def pull_model(name: str, models_dir: str | None = None, revision: str | None = None) -> Path:
    """Download the snapshot of a hub model: weights in safetensors, configuration and tokenizer. Resumes.

    Raises:

        NotFound: the hub has no such model, or this account has not accepted its licence.
        EngineUnavailable: the hub cannot be reached.
    """
    require_allowed("https://huggingface.co")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

    patterns = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "tokenizer*"]
    try:
        path = snapshot_download(
            name,
            revision=revision,
            cache_dir=models_dir,
            allow_patterns=patterns,
        )
    except RepositoryNotFoundError as error:
        raise NotFound(f"The hub has no model {name!r}, or it requires a licence or a token (HF_TOKEN).") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise EngineUnavailable(f"The model hub cannot be reached for {name!r}. {_NO_HUB}") from error
    return Path(path)
