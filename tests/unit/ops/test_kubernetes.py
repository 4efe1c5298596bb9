"""The manifests are valid by the schemas, complete, and give every replica of their profile a place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from serve.serve_file import read_serve_file
from serve.settings import Settings, read_settings
from tests.support.paths import CONFIGS, DATA, ROOT

OVERLAYS = {"cpu": "cluster-cpu", "gpu": "cluster-gpu", "airgapped": "cluster-gpu"}
KUBERNETES = "1.34"
MONITORING = ("PodMonitor", "ServiceMonitor")

#: The extra `dev` installs one beside the interpreter (Linux).
KUBECTL = shutil.which("kubectl", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")

pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")


def manifests(overlay: str) -> list[dict[str, Any]]:
    path = ROOT / "ops" / "kubernetes" / "overlays" / overlay
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


def replicas(settings: Settings, bound: str) -> Iterator[tuple[str, Mapping[str, float]]]:
    """What each replica reserves, at the least or the greatest number of replicas; the model's bundles as well."""
    for name in ("agent", "grading", "stt", "tts", "llm"):
        tier = getattr(settings, name)
        if name == "llm" and tier.engine == "none":
            continue
        for _ in range(getattr(tier.replicas, f"{bound}_replicas")):
            if name == "llm" and tier.engine == "vllm":
                yield from (("llm", bundle) for bundle in tier.vllm.bundles)
                continue
            gpus = tier.replicas.num_gpus if name != "stt" or tier.device == "cuda" else 0.0
            yield name, {"CPU": tier.replicas.num_cpus, "GPU": gpus}
    for _ in range(settings.ingress.num_replicas):
        yield "ingress", {"CPU": settings.ingress.num_cpus}


def workers(service: dict[str, Any], bound: str) -> list[dict[str, float]]:
    """The free CPUs and GPUs of each worker pod."""
    found = []
    for group in service["spec"]["rayClusterConfig"]["workerGroupSpecs"]:
        limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
        pod = {"CPU": float(limits["cpu"]), "GPU": float(limits.get("nvidia.com/gpu", 0))}
        found += [dict(pod) for _ in range(group[f"{bound}Replicas"])]
    return found


@pytest.mark.parametrize("bound", ["min", "max"])
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_replica_of_the_profile_has_a_place(overlay: str, bound: str) -> None:
    """First fit, the largest GPU share first; work without a GPU goes to pods without one first."""
    service = rayservice(overlay)
    config = yaml.safe_load(service["spec"]["serveConfigV2"])
    settings = read_settings(config["applications"][0]["args"])
    pods = sorted(workers(service, bound), key=lambda pod: pod["GPU"])
    wanted = sorted(replicas(settings, bound), key=lambda one: (-one[1].get("GPU", 0), -one[1]["CPU"]))
    for name, needs in wanted:
        pod = next((pod for pod in pods if all(pod[kind] >= amount for kind, amount in needs.items())), None)
        assert pod is not None, f"no pod is left for a replica of {name} ({dict(needs)}) at {bound} replicas: {pods}"
        for kind, amount in needs.items():
            pod[kind] -= amount


def test_one_machine_with_gpus_shares_its_cards_exactly() -> None:
    """gpu-node: on one card, at the least number of replicas."""
    file = read_serve_file(CONFIGS / "serve" / "gpu-node.yaml")
    settings = read_settings(file.arguments, file.document)
    assert sum(needs.get("GPU", 0) for _, needs in replicas(settings, "min")) <= 1.0
