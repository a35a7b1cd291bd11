#!/usr/bin/env python3
"""Writes the configurations of Prometheus and of Alertmanager: one source, two renderings of each.

    prometheus/render.py            writes them
    prometheus/render.py --check    writes nothing, and fails when one is not what it would write

    prometheus/prometheus.yml          one machine; who starts Prometheus puts addresses and folders in place of @NAMES@
    prometheus/prometheus-consul.yml   containers, with Consul
    alertmanager/alertmanager.yml          alerts are shown, and told nobody
    alertmanager/alertmanager-webhook.yml  the same, told to a webhook, too: an example
"""
import pathlib
import sys
from string import Template

ROOT = pathlib.Path(__file__).resolve().parent.parent

PROMETHEUS = Template('''\
# Written by prometheus/render.py: change it there.
$head
global:
  # Windows of rules and times in docs/runbooks assume these.
  scrape_interval: 5s
  scrape_timeout: 4s
  evaluation_interval: 5s

rule_files:
  - "$rules/*.yml"

alerting:
  alertmanagers:
    - static_configs:
        - targets: ["$alertmanager"]

scrape_configs:
  # Each instance that the registry knows, in whatever state: one that is down has to be seen.
  - job_name: services
    # A label `service` of a metric is who the metric is about; the target's own would rename it.
    honor_labels: true
$discovery
    relabel_configs:
      # The registry itself has a job of its own.
      - source_labels: [__meta_consul_service]
        regex: consul
        action: drop
      # A further name of an instance that is there by its own.
      - source_labels: [__meta_consul_service_metadata_alias_of]
        regex: .+
        action: drop
      # Metrics have a port of their own where the instance names one.
      - source_labels: [__address__, __meta_consul_service_metadata_metrics_port]
        separator: ";"
        regex: (.+):\\d+;(\\d+)
        replacement: $$1:$$2
        target_label: __address__
      - source_labels: [__meta_consul_service]
        target_label: service
      - source_labels: [__meta_consul_service]
        target_label: job
      - source_labels: [__meta_consul_service_id]
        target_label: instance
      - source_labels: [__meta_consul_service_metadata_version]
        target_label: version
      # Not `zone`, which is a rate zone's label.
      - source_labels: [__meta_consul_service_metadata_zone]
        target_label: availability_zone
      - source_labels: [__meta_consul_tags]
        regex: .*,canary,.*
        replacement: canary
        target_label: track

  - job_name: registry
$registry_job
    static_configs:
      - targets: ["$registry"]

  - job_name: postgres
    static_configs:
      - targets: ["$exporter"]

  - job_name: alertmanager
    static_configs:
      - targets: ["$alertmanager"]

  - job_name: prometheus
    static_configs:
      - targets: ["$prometheus"]
''')

ONE_MACHINE = dict(
    head='''\
# For one machine. Who starts Prometheus puts its own in place of @REGISTRY@, @POSTGRES_EXPORTER@, @ALERTMANAGER@ and
# @PROMETHEUS@ (host:port each), and of @RULES@ (the folder prometheus/rules). It is to be started with
# --enable-feature=exemplar-storage, which leads from a graph to a trace.
''',
    rules="@RULES@", alertmanager="@ALERTMANAGER@", prometheus="@PROMETHEUS@",
    registry="@REGISTRY@", exporter="@POSTGRES_EXPORTER@",
    discovery='''\
    http_sd_configs:
      - url: "http://@REGISTRY@/prometheus/targets?all"
        refresh_interval: 5s''',
    registry_job='''\
    metrics_path: /metrics''')

CONTAINERS = dict(
    head='''\
# For containers, where Consul is the registry; needs a Prometheus with Consul discovery, which Debian's has not.
''',
    rules="/etc/prometheus/rules", alertmanager="alertmanager:9093", prometheus="localhost:9090",
    registry="consul:8500", exporter="postgres-exporter:9187",
    discovery='''\
    consul_sd_configs:
      # With ACLs on, CONSUL_HTTP_TOKEN's value belongs here as `token` (consul/README.md).
      - server: consul:8500''',
    registry_job='''\
    metrics_path: /v1/agent/metrics
    params:
      format: [prometheus]''')

ALERTMANAGER = Template('''\
# Written by prometheus/render.py: change it there.
$head
route:
  receiver: ticket
  # One message for one fault of one service.
  group_by: [alertname, service]
  # How long an alert waits for the one that explains it (inhibit_rules).
  group_wait: 30s
  group_interval: 2m
  repeat_interval: 4h
  routes:
    - matchers: [severity="none"]
      receiver: heartbeat
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 1m
    - matchers: [severity="page"]
      receiver: page
      repeat_interval: 1h

receivers:
$receivers

# What explains an alert keeps it silent. Only a page keeps a page silent: somebody is awake then. Each fault that is tested has
# one alert left (prometheus/tests/faults.yml).
inhibit_rules:
  # The users of what is down fail: that is no news.
  - source_matchers: [alertname=~"PostgresDown|ServiceDown|GatewayDown"]
    target_matchers: [alertname=~"ErrorBudgetBurn|LatencyBudgetBurn|DependencyDown|GatewayShedding"]
  - source_matchers: [alertname="GatewayShedding"]
    target_matchers: [alertname=~"ErrorBudgetBurn|LatencyBudgetBurn"]
  - source_matchers: [alertname=~"ServiceDown|GatewayDown|FrontDown"]
    target_matchers: [alertname=~"InstanceMissing|InstanceCrashLooping|DiscoveryNoInstance"]
    equal: [service]
  # Without the database services are not ready, so that the registry has no instance of them that passes.
  - source_matchers: [alertname="PostgresDown"]
    target_matchers: [alertname=~"DiscoveryNoInstance|DatabasePoolExhausted|Postgres(Connections|Long).*"]
  - source_matchers: [alertname="RegistryDown"]
    target_matchers: [alertname=~"DiscoverySnapshotOld|RevocationsOld|TargetsOld|RegistryLogNotWritable"]
  # One process that does not hear of the registry.
  - source_matchers: [alertname=~"DiscoverySnapshotOld|DiscoverySnapshotExpiring"]
    target_matchers: [alertname=~"RevocationsOld"]
    equal: [instance]
  - source_matchers: [alertname=~"(Discovery|Keys).*Expiring"]
    target_matchers: [alertname=~"DiscoverySnapshotOld|KeysOld"]
    equal: [instance]
  - source_matchers: [alertname=~"FrontDown|NginxDown"]
    target_matchers: [alertname="FrontReloadFailed"]
  # The faster burn says all that the slower one says.
  - source_matchers: [alertname=~".*BudgetBurn", window="1h"]
    target_matchers: [alertname=~".*BudgetBurn", window=~"6h|3d"]
    equal: [alertname, zone]
  - source_matchers: [alertname="ErrorBudgetBurn", window="6h"]
    target_matchers: [alertname="ErrorBudgetBurn", window="3d"]
    equal: [zone]
  # Why a loop is slow.
  - source_matchers: [alertname=~"EventLoopStuck|ProcessCPUHigh"]
    target_matchers: [alertname="EventLoopLag"]
    equal: [instance]
''')

SILENT = dict(
    head='''\
# Shows alerts (its page, /api/v2/alerts) and tells nobody of them.
''',
    receivers='''\
  - name: page
  - name: ticket
  - name: heartbeat''')

WEBHOOK = dict(
    head='''\
# Tells alerts to a webhook as well: an example, with an address to be changed. The heartbeat is the alert that always rings:
# whoever gets it each minute knows by its end that Prometheus or Alertmanager is down.
''',
    receivers="\n".join(f'''\
  - name: {name}
    webhook_configs:
      - url: http://127.0.0.1:9095/{name}
        send_resolved: {str(name != "heartbeat").lower()}
        max_alerts: 50''' for name in ("page", "ticket", "heartbeat")))

RENDERINGS = {
    "prometheus/prometheus.yml": (PROMETHEUS, ONE_MACHINE),
    "prometheus/prometheus-consul.yml": (PROMETHEUS, CONTAINERS),
    "alertmanager/alertmanager.yml": (ALERTMANAGER, SILENT),
    "alertmanager/alertmanager-webhook.yml": (ALERTMANAGER, WEBHOOK),
}


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        print(__doc__, file=sys.stderr)
        return 2
    differing = []
    for name, (template, values) in RENDERINGS.items():
        text = template.substitute({key: value.rstrip("\n") for key, value in values.items()})
        path = ROOT / name
        if check:
            if not path.exists() or path.read_text() != text:
                differing.append(name)
        else:
            path.write_text(text)
    for name in differing:
        print(f"{name} is not what prometheus/render.py writes: run it", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
