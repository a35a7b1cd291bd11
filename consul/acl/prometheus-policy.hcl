# What Prometheus needs of Consul: to read which instances there are, and the agent's own metrics.
service_prefix "" {
  policy = "read"
}
node_prefix "" {
  policy = "read"
}
agent_prefix "" {
  policy = "read"
}
