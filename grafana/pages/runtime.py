"""Processes: loops, memory, descriptors, pools, and telemetry itself."""
from model import dashboard, panel, query, variable

OWN = 'job=~"$job"'

PAGE = dashboard("vigie-runtime", "Runtime", "Our processes from inside: processors, event loops, memory, descriptors, pools, telemetry.", [
    ("Processors and event loops", [
        panel("Processors", "Processors that a process uses.", "short",
              query(f"sum by (instance) (rate(process_cpu_seconds_total{{{OWN}}}[1m]))", "{{instance}}"), limits=(0, None)),
        panel("Loops at work", "Share of time that event loops work, by process.", "percentunit",
              query(f"avg by (instance) (rate(event_loop_busy_seconds_total{{{OWN}}}[1m]))", "{{instance}}"),
              limits=(0, 1), steps=(0.7, 0.9)),
        panel("Lag of loops (p99)", "How long an event may have to wait for its loop: the longest hundredth of turns.", "s",
              query(f"histogram_quantile(0.99, sum by (instance, le) (rate(event_loop_lag_seconds_bucket{{{OWN}}}[1m])))", "{{instance}}"),
              limits=(0, None), steps=(0.05, 0.1)),
        panel("Turn in progress", "How long the turn of the slowest loop lasts so far.", "s",
              query(f"max by (instance) (event_loop_current_lag_seconds{{{OWN}}})", "{{instance}}"), limits=(0, None), steps=(1, 5)),
        panel("Longest turn", "The longest turn of a loop since its process began.", "s",
              query(f"max by (instance) (event_loop_longest_turn_seconds{{{OWN}}})", "{{instance}}"), limits=(0, None)),
        panel("Blocking pool", "Blocking calls that run, that wait, and that were refused.", "short",
              query(f"sum by (instance, state) (blocking_pool_calls{{{OWN}}})", "{{instance}} {{state}}"),
              query(f"sum by (instance) (rate(blocking_pool_refused_total{{{OWN}}}[1m]))", "{{instance}} refused/s"), limits=(0, None)),
    ]),
    ("Memory, descriptors, threads", [
        panel("Resident memory", "Memory in RAM; what processes share counts in each.", "bytes",
              query(f"process_resident_memory_bytes{{{OWN}}}", "{{instance}}"), limits=(0, None)),
        panel("Descriptors", "Share of the file descriptors that a process may have.", "percentunit",
              query(f"process_open_fds{{{OWN}}} / process_max_fds{{{OWN}}}", "{{instance}}"), limits=(0, None), steps=(0.6, 0.8)),
        panel("Threads", "Threads of a process.", "short", query(f"process_threads{{{OWN}}}", "{{instance}}"), limits=(0, None)),
        panel("Running for", "Time since a process began: a fall is a restart.", "s",
              query(f"time() - process_start_time_seconds{{{OWN}}}", "{{instance}}"), limits=(0, None)),
        panel("Starts", "How often a process was started in 10 minutes beyond its first time.", "short",
              query(f"changes(process_start_time_seconds{{{OWN}}}[10m])", "{{instance}}"), limits=(0, None), steps=(2, 3)),
        panel("Versions", "Instances by the version that they run.", "short",
              query(f"count by (service_name, service_version) (target_info{{{OWN}}})", "{{service_name}} {{service_version}}"), limits=(0, None)),
    ]),
    ("Telemetry itself", [
        panel("Spans", "Spans by what became of them: exported, dropped because the queue was full, failed.", "ops",
              query(f"sum by (instance, outcome) (rate(telemetry_spans_total{{{OWN}}}[1m]))", "{{instance}} {{outcome}}"),
              limits=(0, None), quiet=True),
        panel("Spans that wait", "Spans that wait to be exported.", "short",
              query(f"telemetry_spans_waiting{{{OWN}}}", "{{instance}}"), limits=(0, None), quiet=True),
        panel("Log lines dropped", "Log lines dropped because their reader was too slow.", "ops",
              query(f"rate(log_lines_dropped_total{{{OWN}}}[1m])", "{{instance}}"), limits=(0, None)),
        panel("Label sets refused", "Lookups of label sets beyond a metric's limit, by metric.", "ops",
              query(f"sum by (metric) (rate(metrics_series_refused_total{{{OWN}}}[1m]))", "{{metric}}"), limits=(0, None), quiet=True),
        panel("Time of scrapes", "How long Prometheus takes to scrape a process.", "s",
              query(f"scrape_duration_seconds{{{OWN}}}", "{{instance}}"), limits=(0, None)),
        panel("Samples of a scrape", "Series that a process tells.", "short",
              query(f"scrape_samples_scraped{{{OWN}}}", "{{instance}}"), limits=(0, None)),
    ]),
], [variable("job", "job", "event_loop_current_lag_seconds", several=True)])
