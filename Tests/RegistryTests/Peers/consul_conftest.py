"""Fixtures for py-consul's own tests: where theirs start Consul in a container, these start `vigie registry` (VIGIE)."""

import collections
import ctypes
import os
import signal
import subprocess

import consul.check
import pytest

ConsulInstance = collections.namedtuple("ConsulInstance", ["container", "port", "version"])

# What the registry leaves out, by the test's name.
LEFT_OUT = {
    "test_agent_checks": "scripts",
    "test_agent_service_connect": "the mesh",
    "test_agent_service_register_kind_proxy_locality": "the mesh",
    "test_catalog_gateway_services": "gateways",
    "test_agent_force_leave_prune": "the operator's part",
    "test_agent_monitor_rejects_invalid_loglevel": "the operator's part",
}

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


def pytest_collection_modifyitems(items):
    for item in items:
        reason = LEFT_OUT.get(item.originalname) or ("acl_consul" in item.fixturenames and "ACLs")
        if reason:
            item.add_marker(pytest.mark.skip(reason=f"left out of the embedded registry: {reason}"))


@pytest.fixture
def consul_instance(monkeypatch):
    command = [os.environ["VIGIE"], "registry", "--port", "0", "--loops", "1", "--log-level", "error"]
    # Ends with this process, whose one thread starts it, also when that is killed.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
    ) as process:
        try:
            line = next(line for line in process.stdout if "listening on" in line)
            port = int(line.rsplit(":", 1)[1])
            # In a container the agent that is checked would be at the usual port.
            http = consul.check.Check.http
            replaced = lambda url, *rest, **more: http(url.replace(":8500", f":{port}"), *rest, **more)
            monkeypatch.setattr(consul.check.Check, "http", staticmethod(replaced))
            yield ConsulInstance(process, port, "1.21.0")
        finally:
            process.kill()


@pytest.fixture
def acl_consul_instance():
    pytest.skip("the embedded registry has no ACLs")


@pytest.fixture
def consul_port(consul_instance):
    return consul_instance.port, consul_instance.version
