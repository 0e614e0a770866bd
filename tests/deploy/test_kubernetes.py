"""The Kubernetes manifest: its objects find each other, its settings are the program's, its probes are routes."""

import pytest
import yaml
from conftest import text_of


@pytest.fixture(scope="module")
def objects():
    found = {o["kind"]: o for o in yaml.safe_load_all(text_of("deploy/kubernetes.yaml"))}
    assert set(found) == {"Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"}
    return found


@pytest.fixture(scope="module")
def pod(objects):
    return objects["Deployment"]["spec"]["template"]


@pytest.fixture(scope="module")
def container(pod):
    assert len(pod["spec"]["containers"]) == 1
    return pod["spec"]["containers"][0]


def test_selectors_find_the_pods(objects, pod):
    labels = pod["metadata"]["labels"]
    assert objects["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert objects["Service"]["spec"]["selector"] == labels


def test_the_scaler_and_the_budget_fit(objects):
    target = objects["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    deployment = objects["Deployment"]
    assert (target["kind"], target["name"], target["apiVersion"]) == (
        "Deployment", deployment["metadata"]["name"], deployment["apiVersion"],
    )
    least = objects["HorizontalPodAutoscaler"]["spec"]["minReplicas"]
    assert objects["PodDisruptionBudget"]["spec"]["minAvailable"] < least <= deployment["spec"]["replicas"]
    assert objects["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_ports_meet(objects, container):
    port = objects["Service"]["spec"]["ports"][0]
    named = {p["name"]: p["containerPort"] for p in container["ports"]}
    assert named[port["targetPort"]] == port["port"] == 5000
    assert {e["name"]: e["value"] for e in container["env"]}["EGSERVE_BIND"].endswith(f":{port['port']}")


def test_settings_are_known(container, environment_names):
    assert {entry["name"] for entry in container["env"]} <= environment_names


def test_probes_ask_what_they_should(container):
    paths = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")}
    assert {kind: asked["path"] for kind, asked in paths.items()} == {
        "startup": "/health", "readiness": "/ready", "liveness": "/health",
    }
    assert {asked["port"] for asked in paths.values()} == {"http"}


def test_there_is_time_to_end(pod, container):
    grace = int({e["name"]: e["value"] for e in container["env"]}["EGSERVE_GRACEFUL_TIMEOUT"])
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["spec"]["terminationGracePeriodSeconds"] > grace + pause


def test_nothing_is_allowed_that_is_not_needed(pod, container):
    assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    assert f"USER {pod['spec']['securityContext']['runAsUser']}\n" in text_of("Dockerfile")
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }
    assert "memory" in container["resources"]["limits"]
