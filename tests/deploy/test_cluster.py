"""What many machines are deployed with: workers under compose, Kubernetes and systemd, their flags the program's own."""

import os
import re
import shutil
import subprocess

import pytest
import yaml
from conftest import text_of
from service import program

COMPOSE = "docker-compose.cluster.yml"
UNIT = "deploy/egserve-worker@.service"
QUEUES = {"egserve.encrypt", "egserve.tally", "egserve.combine"}


def flags_of(*command):
    """Flags of a command, and those that it cannot do without."""
    text = subprocess.run([program(), *command, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^ +(--[a-z-]+)", text, re.M))


def given(words):
    return {word.split("=")[0] for word in words if word.startswith("--")}


REQUIRED = {"--broker", "--broker-password-file", "--store", "--url"}


def assert_is_worker(words):
    assert REQUIRED <= given(words) <= flags_of("worker")


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(text_of(COMPOSE))["services"]


@pytest.fixture(scope="module")
def objects():
    names = ["deploy/kubernetes-cluster.yaml", "deploy/kubernetes-keda.yaml", "deploy/kubernetes-hpa.yaml"]
    return {o["kind"]: o for name in names for o in yaml.safe_load_all(text_of(name))}


# ---- compose


@pytest.mark.parametrize("number", [1, 2])
def test_each_worker_has_its_service(services, number):
    worker = services[f"worker-{number}"]
    assert worker["command"][0] == "worker"
    assert_is_worker(worker["command"][1:])
    assert f"--url=http://microservice-{number}:5000" in worker["command"]
    assert {"broker", "store-folder", f"microservice-{number}"} == set(worker["depends_on"])
    assert worker["healthcheck"]["test"][-1].removeprefix("http://") in str(worker["command"])


def test_the_coordinator_knows_the_same_places(services):
    entry, worker = services["coordinator"]["entrypoint"], services["worker-1"]["command"]
    assert entry[:3] == ["egserve", "election", "run"]
    assert given(entry) <= flags_of("election", "run")
    shared = {word for word in worker if word.startswith(("--broker", "--store"))}
    assert shared <= set(entry) and f"{services['coordinator']['profiles']}" == "['run']"


def test_secrets_are_files(services):
    declared = yaml.safe_load(text_of(COMPOSE))["secrets"]
    assert all(set(secret) == {"file"} for secret in declared.values())
    for name, service in services.items():
        for secret in service.get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in declared, name
        words = " ".join(map(str, [*service.get("command", []), *service.get("environment", {}).values()])).lower()
        assert "pass=" not in words and not re.search(r"amqps?://[^ /]*:[^ /]*@", words), name
    assert services["broker"]["secrets"][0]["target"].startswith("/etc/rabbitmq/conf.d/")


def test_what_is_secret_is_sent_to_no_builder(services):
    """Nor are the elections that the coordinator writes."""
    files = [secret["file"] for secret in yaml.safe_load(text_of(COMPOSE))["secrets"].values()]
    files += [volume.split(":")[0] for volume in services["coordinator"]["volumes"] if volume.startswith("./")]
    assert {file.split("/")[1] for file in files} <= set(text_of(".dockerignore").split())


def test_the_folder_belongs_to_who_writes_there(services):
    user = re.search(r"^USER (\d+)$", text_of("Dockerfile"), re.M).group(1)
    made = services["store-folder"]["entrypoint"]
    assert made[made.index("-o") + 1] == user
    assert f"--store={made[-1]}" in services["worker-1"]["command"]


def test_nothing_is_allowed_that_is_not_needed(services):
    for name, service in services.items():
        if name != "broker":
            assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
            assert service["security_opt"] == ["no-new-privileges:true"], name


# ---- Kubernetes


def container(objects, name):
    found = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    return next(c for c in found if c["name"] == name)


def test_the_pods_worker_asks_the_pods_service(objects, environment_names):
    worker, service = container(objects, "worker"), container(objects, "egserve")
    assert worker["args"][0] == "worker"
    assert_is_worker(worker["args"][1:])
    env = {e["name"]: e["value"] for e in service["env"]}
    assert set(env) <= environment_names
    assert f"--url=http://{env['EGSERVE_BIND']}" in worker["args"]
    assert env["EGSERVE_BIND"].startswith("127.0.0.1:")


def test_what_is_mounted_is_there(objects):
    pod, worker = objects["Deployment"]["spec"]["template"]["spec"], container(objects, "worker")
    mounts = {m["name"]: m["mountPath"] for m in worker["volumeMounts"]}
    assert set(mounts) == {volume["name"] for volume in pod["volumes"]}
    assert f"--store={mounts['store']}" in worker["args"]
    assert f"--broker-password-file={mounts['broker']}/password" in worker["args"]
    claim = next(v for v in pod["volumes"] if v["name"] == "store")["persistentVolumeClaim"]["claimName"]
    assert claim == objects["PersistentVolumeClaim"]["metadata"]["name"]
    assert objects["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteMany"]


def test_pods_have_time_to_end(objects):
    service = container(objects, "egserve")
    pause = int(service["lifecycle"]["preStop"]["exec"]["command"][1])
    graceful = int({e["name"]: e["value"] for e in service["env"]}["EGSERVE_GRACEFUL_TIMEOUT"])
    assert objects["Deployment"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > pause + graceful


def test_probes_ask_the_port_that_is_there(objects):
    worker = container(objects, "worker")
    port = next(p["containerPort"] for p in worker["ports"] if p["name"] == "metrics")
    assert f"--bind=0.0.0.0:{port}" in worker["args"]
    assert worker["readinessProbe"]["httpGet"] == {"path": "/ready", "port": "metrics"}


def test_scalers_scale_the_workers(objects):
    name = objects["Deployment"]["metadata"]["name"]
    scaled = objects["ScaledObject"]["spec"]
    assert scaled["scaleTargetRef"]["name"] == objects["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == name
    assert {t["metadata"]["queueName"] for t in scaled["triggers"]} == QUEUES
    authentication = objects["TriggerAuthentication"]["metadata"]["name"]
    assert {t["authenticationRef"]["name"] for t in scaled["triggers"]} == {authentication}
    metric = objects["HorizontalPodAutoscaler"]["spec"]["metrics"][0]["containerResource"]
    assert container(objects, metric["container"])
    # replicas would be set back whenever the manifest is applied
    assert "replicas" not in objects["Deployment"]["spec"]


def test_nothing_is_allowed_to_pods(objects):
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["automountServiceAccountToken"] is False
    for c in pod["containers"]:
        assert c["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert "memory" in c["resources"]["limits"]


# ---- systemd


def test_the_unit_starts_a_worker():
    words = re.search(r"^ExecStart=/usr/local/bin/egserve worker (.*)$", text_of(UNIT), re.M).group(1).split()
    assert_is_worker(words)
    assert "http://127.0.0.1:%i" in words
    more = re.search(r"MORE=(.*)$", text_of(UNIT), re.M).group(1).split()
    assert given(more) <= flags_of("worker")


SHUT = re.compile(r"^(?:Protect|Private|Restrict|Lock|MemoryDeny|NoNew|SystemCall|Capab|Ambient|Device|LimitCORE|Remove)\w*=.*$", re.M)


def test_the_unit_is_shut_in_as_the_services_is():
    assert set(SHUT.findall(text_of("deploy/egserve.service"))) <= set(SHUT.findall(text_of(UNIT)))


needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


@needs_systemd
@pytest.mark.parametrize("asked", [["verify"], ["security", "--offline=yes", "--threshold=20", "--no-pager"]], ids=["understood", "shut-in"])
def test_systemd_likes_the_unit(tmp_path, asked):
    text = text_of(UNIT)
    path = tmp_path / "egserve-worker@5000.service"
    path.write_text(text.replace("/usr/local/bin/egserve", os.path.abspath(program())))
    done = subprocess.run(["systemd-analyze", *asked, str(path)], capture_output=True, text=True)
    assert done.returncode == 0 and "egserve" not in done.stderr, done.stdout[-300:] + done.stderr
