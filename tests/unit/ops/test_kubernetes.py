"""The manifests are valid by the schemas, complete, and give every replica of their profile a place."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from serve.local.local_platform import LOCAL_LOGICAL_CPUS
from serve.serve_file import read_serve_file
from serve.settings import Settings, read_settings
from tests.support.paths import CONFIGS, DATA, ROOT

OVERLAYS = {"cpu": "cluster-cpu", "gpu": "cluster-gpu", "airgapped": "cluster-gpu"}
KUBERNETES = "1.34"
MONITORING = {"PodMonitor": "interview-ray", "ServiceMonitor": "interview"}

#: The extra `dev` installs one beside the interpreter (Linux).
KUBECTL = shutil.which("kubectl", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")

pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")


def manifests(overlay: str) -> list[dict[str, Any]]:
    return built(ROOT / "ops" / "kubernetes" / "overlays" / overlay)


def built(path: Path) -> list[dict[str, Any]]:
    done = subprocess.run([str(KUBECTL), "kustomize", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def rayservice(overlay: str) -> dict[str, Any]:
    (found,) = [manifest for manifest in manifests(overlay) if manifest["kind"] == "RayService"]
    return found


def groups(service: dict[str, Any]) -> list[dict[str, Any]]:
    cluster = service["spec"]["rayClusterConfig"]
    return [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]


def closed(schema: Any) -> Any:
    """``schema`` that refuses fields it does not name: the API server would drop them without a word."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        found["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        found.pop("type", None)
    return found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_is_valid_by_its_schema_with_no_unknown_field(overlay: str) -> None:
    schema = closed(json.loads((DATA / "kubernetes" / "rayservice.schema.json").read_text()))
    schema["properties"]["metadata"] = {"type": "object"}
    for manifest in manifests(overlay):
        if manifest["kind"] != "RayService":
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
            continue
        jsonschema.validate(manifest, schema)
        for group in groups(manifest):
            pod = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}, "template": group["template"]}
            kubernetes_validate.validate(pod, KUBERNETES, strict=True)


@pytest.fixture
def monitored(tmp_path: Path) -> list[dict[str, Any]]:
    """The overlay `cpu` with the component for the Prometheus operator, as an operator's own overlay adds it."""
    here = os.path.relpath(ROOT / "ops" / "kubernetes", tmp_path)
    own = {"resources": [f"{here}/overlays/cpu"], "components": [f"{here}/monitoring"]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(own))
    return built(tmp_path)


def monitor_schema(kind: str) -> Any:
    definitions = closed(json.loads((DATA / "kubernetes" / "monitors.schema.json").read_text()))
    return {"$ref": f"#/$defs/{kind}", **definitions}


def test_the_monitors_are_valid_by_their_schema_with_no_unknown_field(monitored: list[dict[str, Any]]) -> None:
    found = {one["kind"]: one for one in monitored if one["apiVersion"].startswith("monitoring.coreos.com/")}
    assert {kind: one["metadata"]["name"] for kind, one in found.items()} == MONITORING
    for kind, one in found.items():
        jsonschema.validate(one, monitor_schema(kind))


@pytest.mark.parametrize("change", [{"intervall": "15s"}, {"interval": "often"}, {"port": 8080}])
def test_a_monitor_that_the_operator_would_refuse_or_cut_is_found(
    monitored: list[dict[str, Any]], change: dict[str, Any]
) -> None:
    (pods,) = [one for one in monitored if one["kind"] == "PodMonitor"]
    pods["spec"]["podMetricsEndpoints"][0].update(change)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(pods, monitor_schema("PodMonitor"))


def test_the_monitors_select_what_the_overlay_makes(monitored: list[dict[str, Any]]) -> None:
    """Their ports are named on the pods, and the pods carry their labels; KubeRay labels the service itself."""
    (pods,) = [one for one in monitored if one["kind"] == "PodMonitor"]
    (service,) = [one for one in monitored if one["kind"] == "RayService"]
    labels = pods["spec"]["selector"]["matchLabels"]
    for group in groups(service):
        template = group["template"]
        assert labels.items() <= template["metadata"]["labels"].items()
        (container,) = template["spec"]["containers"]
        named = {port["name"] for port in container["ports"]}
        assert {endpoint["port"] for endpoint in pods["spec"]["podMetricsEndpoints"]} <= named


def test_the_schema_check_can_fail() -> None:
    schema = closed(json.loads((DATA / "kubernetes" / "rayservice.schema.json").read_text()))
    service = rayservice("cpu")
    service["spec"]["rayClusterConfig"]["enableInTreeAutoscalling"] = True
    with pytest.raises(jsonschema.ValidationError, match="enableInTreeAutoscalling"):
        jsonschema.validate(service, {**schema, "properties": {**schema["properties"], "metadata": {}}})


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_serve_config_is_the_shipped_profile(overlay: str) -> None:
    path = CONFIGS / "serve" / f"{OVERLAYS[overlay]}.yaml"
    assert yaml.safe_load(rayservice(overlay)["spec"]["serveConfigV2"]) == yaml.safe_load(path.read_text())


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_ray_starts_with_the_profiles_environment_on_every_pod(overlay: str) -> None:
    """Ray reads these variables when it starts; the profile's own reach replicas only."""
    file = read_serve_file(CONFIGS / "serve" / f"{OVERLAYS[overlay]}.yaml")
    wanted = {name: value for name, value in file.environment.items() if "BUCKETS" not in name}
    for group in groups(rayservice(overlay)):
        (container,) = group["template"]["spec"]["containers"]
        given = {variable["name"]: variable.get("value") for variable in container["env"]}
        assert wanted.items() <= given.items()
        assert {"REDIS_URL", "INTERVIEW_DATABASE_URL"} <= given.keys()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_pod_has_more_rights_than_it_needs(overlay: str) -> None:
    for group in groups(rayservice(overlay)):
        pod = group["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
        for container in (*pod["containers"], *pod["initContainers"]):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            }
            assert "limits" in container["resources"]
        (container,) = pod["containers"]
        assert "httpGet" in container["readinessProbe"] and "httpGet" in container["livenessProbe"], "needs no wget"
        assert pod["terminationGracePeriodSeconds"] >= 60


Needs = Mapping[str, float]
#: Free CPUs and GPUs by pod or machine.
Places = list[dict[str, float]]


def replicas(settings: Settings, bound: str, *, upgrade: bool = False) -> Iterator[tuple[str, Needs]]:
    """What each replica reserves, at the least or the greatest number of replicas; the model's bundles as well.

    With ``upgrade`` also the new replicas that start before old ones stop.
    """
    for name in ("agent", "grading", "stt", "tts", "llm"):
        tier = getattr(settings, name)
        if name == "llm" and tier.engine == "none":
            continue
        count = getattr(tier.replicas, f"{bound}_replicas")
        if upgrade:
            count += math.ceil(tier.replicas.serve_options.get("max_surge_percent", 0) * count / 100)
        for _ in range(count):
            if name == "llm" and tier.engine == "vllm":
                yield from (("llm", bundle) for bundle in tier.vllm.bundles)
                continue
            gpus = tier.replicas.num_gpus if name != "stt" or tier.device == "cuda" else 0.0
            yield name, {"CPU": tier.replicas.num_cpus, "GPU": gpus}
    for _ in range(settings.ingress.num_replicas):
        yield "ingress", {"CPU": settings.ingress.num_cpus}


def without_a_place(wanted: Iterable[tuple[str, Needs]], places: Places) -> list[tuple[str, Needs]]:
    """First fit, the largest GPU share first; work without a GPU goes to places without one first."""
    free = sorted((dict(place) for place in places), key=lambda place: place["GPU"])
    left = []
    for name, needs in sorted(wanted, key=lambda one: (-one[1].get("GPU", 0), -one[1]["CPU"])):
        place = next((one for one in free if all(one[kind] + 1e-9 >= much for kind, much in needs.items())), None)
        if place is None:
            left.append((name, needs))
            continue
        for kind, much in needs.items():
            place[kind] -= much
    return left


def workers(service: dict[str, Any], bound: str) -> Places:
    """The free CPUs and GPUs of each worker pod."""
    found = []
    for group in service["spec"]["rayClusterConfig"]["workerGroupSpecs"]:
        limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
        pod = {"CPU": float(limits["cpu"]), "GPU": float(limits.get("nvidia.com/gpu", 0))}
        found += [dict(pod) for _ in range(group[f"{bound}Replicas"])]
    return found


def settings_of(profile: str) -> Settings:
    file = read_serve_file(CONFIGS / "serve" / f"{profile}.yaml")
    return read_settings(file.arguments, file.document)


#: Profiles of `interview up` and the cards of their machine, at the least and at the greatest number of replicas.
ONE_MACHINE: dict[str, Mapping[str, int]] = {
    "local": {"min": 0, "max": 0},
    "local-llm": {"min": 0, "max": 0},
    "load": {"min": 0, "max": 0},
    "load-llm": {"min": 0, "max": 0},
    "load-tier": {"min": 0, "max": 0},
    "load-defaults": {"min": 0, "max": 0},
    "gpu-node": {"min": 1, "max": 3},
}


def test_the_arithmetic_of_every_profile_is_checked() -> None:
    shipped = {path.stem for path in (CONFIGS / "serve").glob("*.yaml")}
    assert shipped == ONE_MACHINE.keys() | set(OVERLAYS.values())


@pytest.mark.parametrize("bound", ["min", "max"])
@pytest.mark.parametrize("profile", ONE_MACHINE)
def test_every_replica_of_one_machine_has_a_place(profile: str, bound: str) -> None:
    cards = ONE_MACHINE[profile][bound]
    # one place for each card, because a share of a GPU is of one card; the CPUs are shared
    wanted = list(replicas(settings_of(profile), bound))
    assert sum(needs["CPU"] for _, needs in wanted) <= LOCAL_LOGICAL_CPUS
    shares = [(name, {"CPU": 0.0, "GPU": needs.get("GPU", 0.0)}) for name, needs in wanted]
    assert without_a_place(shares, [{"CPU": 0.0, "GPU": 1.0}] * cards or [{"CPU": 0.0, "GPU": 0.0}]) == []


def test_a_replica_without_a_place_is_found() -> None:
    shares = [("llm", {"CPU": 1.0, "GPU": 0.8}), ("stt", {"CPU": 1.0, "GPU": 0.3})]
    assert without_a_place(shares, [{"CPU": 8.0, "GPU": 1.0}]) == [shares[1]]
    assert without_a_place(shares, [{"CPU": 1.0, "GPU": 2.0}]) == [shares[1]]


@pytest.mark.parametrize("bound", ["min", "max"])
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_replica_of_an_overlay_has_a_place(overlay: str, bound: str) -> None:
    service = rayservice(overlay)
    settings = read_settings(yaml.safe_load(service["spec"]["serveConfigV2"])["applications"][0]["args"])
    assert without_a_place(replicas(settings, bound), workers(service, bound)) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_upgrade_finds_room_for_its_new_replicas(overlay: str) -> None:
    """From the least number, on the pods that the autoscaler may add; the model's from the greatest as well."""
    service = rayservice(overlay)
    settings = read_settings(yaml.safe_load(service["spec"]["serveConfigV2"])["applications"][0]["args"])
    pods = workers(service, "max")
    assert without_a_place(replicas(settings, "min", upgrade=True), pods) == []
    model = [one for one in replicas(settings, "max", upgrade=True) if one[0] == "llm"]
    speech = [one for one in replicas(settings, "max") if one[0] == "stt"]
    assert without_a_place([*model, *speech], pods) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_upgrade_of_any_tier_keeps_it_serving(overlay: str) -> None:
    settings = settings_of(OVERLAYS[overlay])
    tiers = [settings.agent, settings.grading, settings.stt, settings.tts]
    tiers += [settings.llm] if settings.llm.engine != "none" else []
    assert all(tier.replicas.serve_options.get("max_surge_percent", 0) > 0 for tier in tiers)
