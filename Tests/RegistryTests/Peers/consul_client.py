"""Drives a registry with py-consul as its users do: agent, catalogue, health, keys, sessions, events, transactions.

Usage: consul_client.py PORT [TOKEN]
"""

import base64
import sys
import threading

import consul


def check(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def agent(c):
    if c.token is None:  # py-consul sends these two without it
        check(c.agent.self()["Config"]["Datacenter"] == "dc1", "the datacenter")
        check(c.agent.members()[0]["Status"] == 1, "members are alive")
    c.agent.service.register("web", service_id="web-1", address="10.0.0.1", port=80, tags=["a", "b"],
                             meta={"v": "1"}, check=consul.Check.ttl("60s"))
    service = c.agent.services()["web-1"]
    check(service["Port"] == 80 and service["Tags"] == ["a", "b"], "the service is told")
    check(c.agent.checks()["service:web-1"]["Status"] == "critical", "a new check is critical")
    c.agent.check.ttl_pass("service:web-1", notes="fine")
    check(c.agent.checks()["service:web-1"]["Output"] == "fine", "the note")
    c.agent.check.ttl_warn("service:web-1")
    c.agent.check.ttl_fail("service:web-1")
    c.agent.check.ttl_pass("service:web-1")
    c.agent.check.register("alone", consul.Check.ttl("60s"))
    check("alone" in c.agent.checks(), "a check on its own")
    c.agent.check.deregister("alone")
    c.agent.service.maintenance("web-1", True, "upkeep")
    check("_service_maintenance:web-1" in c.agent.checks(), "maintenance")
    c.agent.service.maintenance("web-1", False)
    c.agent.maintenance(True)
    c.agent.maintenance(False)


def catalog(c):
    check("web" in c.catalog.services()[1], "services")
    index, rows = c.catalog.service("web", tag="a")
    check(len(rows) == 1 and int(index) >= 1, "rows of a service")
    check(c.catalog.datacenters() == ["dc1"], "datacenters")
    check(c.catalog.register("ext", "10.9.9.9", service={"Service": "pg", "Port": 5432},
                             check={"Name": "up", "Status": "passing"}), "an external node")
    check("ext" in [node["Node"] for node in c.catalog.nodes()[1]], "nodes")
    check(c.catalog.node("ext")[1]["Node"]["Address"] == "10.9.9.9", "a node")
    check(c.catalog.node("nope")[1] is None, "no such node")
    check(c.catalog.deregister("ext"), "an external node goes")


def health(c):
    check(len(c.health.service("web", passing=True)[1]) == 1, "passing instances")
    check(len(c.health.checks("web")[1]) == 1, "checks of a service")
    check(any(one["CheckID"] == "serfHealth" for one in c.health.state("any")[1]), "all checks")
    node = c.catalog.nodes()[1][0]["Node"]
    check(len(c.health.node(node)[1]) >= 2, "checks of a node")
    index = c.health.service("web", passing=True)[0]
    other = consul.Consul(port=c.http.port, token=c.token)
    timer = threading.Timer(0.1, lambda: other.agent.service.register("web", service_id="web-2"))
    timer.start()
    check(len(c.health.service("web", passing=True, index=index, wait="30s")[1]) == 2, "a blocked query of health")
    timer.join()
    check(c.agent.service.deregister("web-2"), "a deregistration")


def keys(c):
    check(c.kv.put("a/b", b"\x00\xff", flags=7), "a put")
    index, pair = c.kv.get("a/b")
    check(pair["Value"] == b"\x00\xff" and pair["Flags"] == 7, "what was put")
    check(c.kv.get("none")[1] is None, "a missing key")
    check(c.kv.put("a/b", "x", cas=0) is False, "check-and-set of what is there")
    check(c.kv.put("a/b", "y", cas=pair["ModifyIndex"]), "check-and-set")
    check(c.kv.get("a/", recurse=True)[1][0]["Key"] == "a/b", "a prefix")
    check(c.kv.get("a", keys=True, separator="/")[1] == ["a/"], "keys")
    index = c.kv.get("wait")[0]
    timer = threading.Timer(0.1, lambda: consul.Consul(port=c.http.port, token=c.token).kv.put("wait", "now"))
    timer.start()
    check(c.kv.get("wait", index=index, wait="30s")[1]["Value"] == b"now", "a blocked query")
    timer.join()
    check(c.kv.delete("a/", recurse=True), "a delete")


def sessions(c):
    one = c.session.create(name="one", ttl=10, lock_delay=0, behavior="delete")
    two = c.session.create(checks=[])
    check(c.kv.put("lock", "1", acquire=one), "a lock")
    check(c.kv.put("lock", "2", acquire=two) is False, "a lock that is held")
    check(c.session.renew(one)["ID"] == one, "a renewal")
    check(c.session.info(one)[1]["Name"] == "one", "a session")
    check(len(c.session.list()[1]) == 2, "all sessions")
    check(c.session.destroy(one), "an end")
    check(c.kv.get("lock")[1] is None, "a key that goes with its session")
    check(c.kv.put("lock", "3", acquire=two), "a lock that is free again")
    check(c.kv.put("lock", "3", release=two), "a release")
    check("Session" not in c.kv.get("lock")[1], "a key without holder")
    try:
        c.session.renew("nope")
        check(False, "an unknown session is not found")
    except consul.NotFound:
        pass
    c.session.destroy(two)


def rest(c):
    check(":" in c.status.leader() and c.status.leader() in c.status.peers(), "the leader")
    event = c.event.fire("deploy", "hi")
    check(event["Name"] == "deploy", "an event")
    if c.token is None:  # nor these
        check(c.event.list(name="deploy")[1][-1]["ID"] == event["ID"], "events")
    if c.token is None:
        value = base64.b64encode(b"t").decode()
        done = c.txn.put([{"KV": {"Verb": "set", "Key": "t", "Value": value}}, {"KV": {"Verb": "get", "Key": "t"}}])
        check(done["Errors"] is None and done["Results"][1]["KV"]["Value"] == value, "a transaction")


def main():
    port = int(sys.argv[1])
    token = sys.argv[2] if len(sys.argv) > 2 else None
    if token:
        for other in [consul.Consul(port=port), consul.Consul(port=port, token="wrong")]:
            for ask in [other.agent.services, lambda: other.kv.put("a", "b"), lambda: other.session.create(ttl=10)]:
                try:
                    ask()
                    check(False, "no token, or another one, is refused")
                except consul.ACLPermissionDenied:
                    pass
    c = consul.Consul(port=port, token=token)
    for part in [agent, catalog, health, keys, sessions, rest]:
        part(c)
    check(c.agent.service.deregister("web-1"), "the instance goes")
    print("ok")


main()
