// One import for a service: the modules that its author meets are part of the face.
@_exported public import Configuration
@_exported public import Discovery
@_exported public import HTTP
@_exported public import JSON
@_exported public import Postgres
@_exported public import Reactor
@_exported public import Resilience
@_exported public import Routing
@_exported public import Secrets
@_exported public import Telemetry
@_exported public import Tokens
@_exported public import WebClient
