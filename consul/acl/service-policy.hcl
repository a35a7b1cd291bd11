# What a service, the gateway and the front need of Consul.

# Register itself, and read whom it calls.
service_prefix "" {
  policy = "write"
}
node_prefix "" {
  policy = "read"
}
agent_prefix "" {
  policy = "read"
}

# Marks of instances that leave, confirmations of drains, routes, revocations.
key_prefix "vigie/" {
  policy = "write"
}

# Locks and confirmations end with the session of who holds them.
session_prefix "" {
  policy = "write"
}
