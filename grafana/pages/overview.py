"""Is all well, and if not, where?"""
from model import dashboard, panel, query

PAGE = dashboard("vigie-overview", "Overview", "Alerts, objectives, and rate, errors and duration of every service.", [
    ("Alerts and objectives", [
        panel("Alerts that ring", "Alerts that ring now, by name and severity. Watchdog always does: it shows that alerting works.",
              "short", query('count by (alertname, severity) (ALERTS{alertstate="firing"})', "{{alertname}} ({{severity}})"),
              kind="stat"),
        panel("Instances", "Instances of each service that Prometheus reaches.", "short",
              query("service:instances_up:sum", "{{service}}"), kind="stat", limits=(0, None)),
        panel("Error budget of the last 3 days", "What is left of the errors that 3 days may have (0.1 % of the requests); below 0 more than that.",
              "percentunit", query("1 - zone:front_errors:ratio_rate3d / 0.001", "{{zone}}"), limits=(None, 1)),
        panel("Burn rate of errors", "How many times faster than allowed errors come, over an hour. 14.4 pages, if it goes on.",
              "short", query("zone:front_errors:ratio_rate1h / 0.001", "{{zone}}"), limits=(0, None), steps=(6, 14.4)),
        panel("Burn rate of slow answers", "How many times more answers are slow than allowed (1 %), over an hour. 14.4 pages, if it goes on.",
              "short", query("zone:front_slow:ratio_rate1h / 0.01", "{{zone}}"), limits=(0, None), steps=(6, 14.4)),
        panel("Dependencies", "1 where all instances of a service have an answer of what they depend on, 0 where one has none.",
              "short", query("min by (service, dependency) (service_dependency_up)", "{{service}}: {{dependency}}"), limits=(0, 1)),
    ]),
    ("Front, by class of routes", [
        panel("Requests", "Requests at the front, by rate zone.", "reqps",
              query("zone:front_requests:rate1m", "{{zone}}"), limits=(0, None)),
        panel("Errors", "Share of requests that were answered 5xx, by rate zone.", "percentunit",
              query("zone:front_errors:ratio_rate1m", "{{zone}}"), limits=(0, None), steps=(0.001, 0.01)),
        panel("Duration (p99)", "How long the slowest hundredth takes at least, to the last byte; WebSockets are left out.", "s",
              query('zone:front_request_duration_seconds:quantile1m{quantile="0.99"}', "{{zone}}"), limits=(0, None)),
    ]),
    ("Services", [
        panel("Requests", "Requests at each service, without probes and scrapes.", "reqps",
              query("service:http_requests:rate1m", "{{service}}"), limits=(0, None)),
        panel("Errors", "Share of a service's requests that it answered 5xx.", "percentunit",
              query("service:http_errors:ratio_rate1m", "{{service}}"), limits=(0, None), steps=(0.001, 0.01)),
        panel("Duration (p99)", "How long the slowest hundredth of a service's requests takes at least.", "s",
              query('service:http_request_duration_seconds:quantile1m{quantile="0.99"}', "{{service}}"), limits=(0, None)),
        panel("Duration (p50)", "How long half of a service's requests takes at most.", "s",
              query('service:http_request_duration_seconds:quantile1m{quantile="0.5"}', "{{service}}"), limits=(0, None)),
        panel("Processors", "Processors that all instances of a service use together.", "short",
              query('sum by (service) (rate(process_cpu_seconds_total{service!=""}[1m]))', "{{service}}"), limits=(0, None)),
        panel("Memory", "Resident memory of all instances of a service together; what they share counts in each.", "bytes",
              query('sum by (service) (process_resident_memory_bytes{service!=""})', "{{service}}"), limits=(0, None)),
    ]),
])
