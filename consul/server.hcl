# One Consul server for docker-compose.yml. For more than one machine: three servers, `bootstrap_expect = 3`, `retry_join`.
server           = true
bootstrap_expect = 1
datacenter       = "dc1"
data_dir         = "/consul/data"
log_level        = "WARN"
log_json         = true

# Reached by its name in compose's private network; no port of it is published.
client_addr = "0.0.0.0"
bind_addr   = "{{ GetPrivateIP }}"

ui_config {
  enabled = true
}

ports {
  dns      = 8600
  grpc     = -1
  grpc_tls = -1
}

# Nothing here uses the mesh.
connect {
  enabled = false
}

# Checks are HTTP and are run by this agent; a program that the registry starts is never wanted.
enable_script_checks       = false
enable_local_script_checks = false

# Times that our services count on: an instance that fails for 90 s goes (docs/discovery.md).
check_update_interval = "1m"

telemetry {
  prometheus_retention_time = "60s"
  disable_hostname          = true
}

limits {
  # Each service waits with a blocking query for each service that it calls.
  http_max_conns_per_client = 1000
}
