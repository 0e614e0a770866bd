"""The compose files: one service, and two behind each balancer."""

import os
import re

import pytest
import yaml
from conftest import ROOT, text_of

SCALED = {"docker-compose.haproxy.yml": "deploy/haproxy.cfg", "docker-compose.nginx.yml": "deploy/nginx.conf"}
ALL = ["docker-compose.yml", *SCALED]


def read(name):
    return yaml.safe_load(text_of(name))


def egserves(name):
    return {key: value for key, value in read(name)["services"].items() if key.startswith("microservice")}


def test_the_service_has_the_name_that_clients_know():
    assert list(read("docker-compose.yml")["services"]) == ["microservice"]


@pytest.mark.parametrize("name", ALL)
def test_one_port_is_published(name):
    published = [port for service in read(name)["services"].values() for port in service.get("ports", [])]
    assert published == ["${EGSERVE_PUBLISH:-127.0.0.1:5000}:5000"]


@pytest.mark.parametrize("name", [*ALL, "docker-compose.cluster.yml"])
def test_nothing_is_published_beyond_loopback(name):
    """Unless the environment says so."""
    for service in read(name)["services"].values():
        for port in service.get("ports", []):
            assert re.fullmatch(r"\$\{EGSERVE_\w+:-127\.0\.0\.1:\d+\}:\d+", port), port


@pytest.mark.parametrize("name", ALL)
def test_services_are_those_of_the_single_file(name):
    single = dict(egserves("docker-compose.yml")["microservice"])
    del single["ports"]
    for service in egserves(name).values():
        assert {key: value for key, value in service.items() if key != "ports"} == single


def test_environment_and_times(environment_names, default_of):
    service = egserves("docker-compose.yml")["microservice"]
    assert set(service["environment"]) <= environment_names
    assert int(service["stop_grace_period"].removesuffix("s")) > int(default_of("--graceful-timeout"))
    assert service["build"] == "." and service["read_only"] is True and service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", SCALED)
def test_the_balancer_knows_the_services(name):
    services = read(name)["services"]
    balancer = services["balancer"]
    assert set(balancer["depends_on"]) == set(egserves(name)) and len(egserves(name)) == 2
    source, target, mode = balancer["volumes"][0].split(":")
    assert os.path.samefile(os.path.join(ROOT, source), os.path.join(ROOT, SCALED[name]))
    assert target.startswith("/") and mode == "ro"
    assert set(re.findall(r"microservice-\d+(?=:5000)", text_of(SCALED[name]))) == set(egserves(name))


@pytest.mark.parametrize("config", SCALED.values())
def test_balancers_wait_longer_than_the_service_may_take(config, default_of):
    seconds = [int(s) for s in re.findall(r"(?:timeout server|timeout client|proxy_read_timeout) +(\d+)s", text_of(config))]
    assert seconds and all(s > int(default_of("--timeout")) for s in seconds)
