"""``interview config``: the profiles, and the effective configuration of one."""

from __future__ import annotations

import os
import shlex
import sys
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console

from serve.cli.json_output import AsJson, print_json
from serve.serve_file import (
    data_dir,
    plans_dir,
    policies_dir,
    profile_dirs,
    profile_path,
    profiles,
    prompts_url,
    read_serve_file,
    retention_file,
)

app = typer.Typer(help="Show profiles and the effective configuration.", no_args_is_help=True)

Profile = Annotated[str, typer.Option(help="Profile: a name from `interview config list`, or a file.")]


@app.command("list")
def list_profiles(as_json: AsJson = False) -> None:
    """List the profiles and their files; a profile of INTERVIEW_PROFILES_DIR hides a shipped one of its name."""
    found = {name: str(path) for name, path in sorted(profiles().items())}
    if as_json:
        print_json(found)
        return
    for name, path in found.items():
        Console().print(f"{name}  {path}", highlight=False, soft_wrap=True)


@app.command()
def path(profile: Annotated[str, typer.Argument(help="Profile.")] = "local", as_json: AsJson = False) -> None:
    """Print the path of a profile's file, for `serve deploy "$(interview config path NAME)"`."""
    found = str(profile_path(profile).resolve())
    if as_json:
        print_json({"file": found})
    else:
        print(found)


@app.command()
def environment(profile: Annotated[str, typer.Argument(help="Profile.")] = "local", as_json: AsJson = False) -> None:
    """Print the variables with which Ray must start on every node for `serve deploy`, as shell lines."""
    from serve.local.haproxy import haproxy_environment
    from serve.local.local_platform import PRIVATE_ENVIRONMENT

    chosen = read_serve_file(profile_path(profile)).environment
    variables = {**PRIVATE_ENVIRONMENT, **chosen, **haproxy_environment(chosen)}
    if as_json:
        print_json(variables)
        return
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")


@app.command()
def show(profile: Profile = "local", as_json: AsJson = False) -> None:
    """Print every setting with its effective value, defaults included, and the directories in use; no secrets."""
    found = effective(profile)
    if as_json:
        print_json(found)
    else:
        sys.stdout.write(yaml.safe_dump(found, sort_keys=False, allow_unicode=True))


@app.command()
def check(profile: Profile = "local", as_json: AsJson = False) -> None:
    """Check the profile, plans and their keys, banks, policies, prompts, and the addresses and keys in the environment.

    An error names file, line and field, or the variable. Whether a server answers is for `interview doctor` to say.
    """
    from serve.composition.operator_files import check_environment, check_installed_keys, check_operator_files
    from serve.serve_file import require_honoured
    from serve.settings import read_settings

    file = read_serve_file(profile_path(profile))
    require_honoured(file)
    settings = read_settings(file.arguments, file.document)
    plans = check_operator_files(settings)
    check_installed_keys(settings)
    check_environment(data_dir(), settings)
    if as_json:
        print_json({"file": str(file.path), "plans_directory": str(plans_dir()), "plans": list(plans)})
    else:
        print(f"{file.path}: valid. Plans in {plans_dir()}: {', '.join(plans)}")


def effective(profile: str) -> dict[str, Any]:
    """The profile's settings and the directories and sources in use, as plain data."""
    import msgspec

    from interview import __version__
    from serve.composition.local_stores import database_url
    from serve.settings import read_settings
    from storage.archive.diagnosis import described
    from storage.redis.address import without_credentials
    from storage.weights.places import models_dir

    file = read_serve_file(profile_path(profile))
    settings = read_settings(file.arguments, file.document)
    redis_url = os.environ.get("REDIS_URL", "")
    return {
        "version": __version__,
        "file": str(file.path.resolve()),
        "profiles": [str(directory) for directory in profile_dirs()],
        "data": str(data_dir()),
        "plans": str(plans_dir()),
        "policies": str(policies_dir()),
        "retention": str(retention_file()),
        "prompts": prompts_url(),
        "models": str(models_dir()),
        "archive": described(database_url(data_dir())),
        "redis": without_credentials(redis_url) if redis_url else "embedded",
        "http_options": {"host": file.host, "port": file.port, **file.http},
        "environment": file.environment,
        "args": msgspec.to_builtins(settings),
    }
