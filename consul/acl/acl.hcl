# Beside server.hcl once ACLs are wanted: whoever comes without a token may do nothing (see ../README.md).
acl {
  enabled                  = true
  default_policy           = "deny"
  down_policy              = "extend-cache"
  enable_token_persistence = true
}
