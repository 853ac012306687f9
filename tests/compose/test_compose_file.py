"""The compose file: nothing secret in it, nothing open that need not be, every setting explained."""

import re
from typing import Any

import pytest
import yaml

from tests.compose.files import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"migrate"}
# Compose's own, and explained in its own pages.
BY_COMPOSE = {"COMPOSE_PROFILES"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_stays_has_a_health_check_and_is_restarted(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service) is (name not in ONCE)
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_gives_up_all_privileges(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("user", _user_of_image(service)) not in (None, "root", "0")


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_secret_comes_from_the_environment(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    for variable, value in environment.items():
        if re.search("PASSWORD|KEY|SECRET|TOKEN", variable):
            assert re.fullmatch(r"\$\{\w+:[?-].*\}", value)
    assert not re.search(r"://[^/\s]*:[^/\s]*@", " ".join(environment.values()))


def test_only_the_portal_and_the_trial_mail_server_are_published_and_on_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published.keys() == {"web", "imap", "smtp"}
    assert all(
        port.startswith(("127.0.0.1:", "${BIND:-127.0.0.1}:")) for ports in published.values() for port in ports
    )


def test_database_and_redis_are_on_a_network_without_a_way_out() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["db"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_who_speaks_with_mail_servers_has_a_way_out() -> None:
    for name in ("web", "worker", "beat"):
        assert {"inside", "outside"} == set(SERVICES[name]["networks"])


def test_what_is_kept_lies_in_named_volumes() -> None:
    mounted = {mount.partition(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert mounted == COMPOSE["volumes"].keys()


def test_web_worker_and_beat_wait_for_the_migration() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_every_variable_is_explained_in_the_example() -> None:
    explained = set(re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(re.findall(r"\$\{(\w+)", TEXT)) <= explained
    assert (
        set(re.findall(r"^(\w+)=", (ROOT / "docker/mail/trial.env").read_text(), re.MULTILINE))
        <= explained | BY_COMPOSE
    )


def _user_of_image(service: dict[str, Any]) -> str | None:
    if "build" not in service:
        return None
    users = re.findall(r"^USER (\S+?):", (ROOT / service["build"] / "Dockerfile").read_text(), re.MULTILINE)
    return users[-1] if users else None
