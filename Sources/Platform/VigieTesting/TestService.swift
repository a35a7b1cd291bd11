import Synchronization
public import Vigie

/// A service that serves in the test's own process: real sockets, and all that it tells kept in memory.
///
///     try await TestService.run(Notes.self, settings: ["database.url": url]) { notes in
///         let answer = try await notes.post("/notes", json: #"{"title":"a","text":"b"}"#, as: "anna")
///         #expect(answer.status == 201)
///         #expect(notes.span(named: "POST /notes")?.status == .unset)
///     }
public struct TestService: Sendable {
    /// Where it answers.
    public let address: SocketAddress
    /// Where it answers those who operate it.
    public let adminAddress: SocketAddress
    /// The spans that have ended.
    public let spans: InMemorySpanSink
    /// The log's lines, JSON.
    public let log: InMemoryLogSink
    /// The metrics.
    public let metrics: MetricRegistry
    /// A client on the same loops.
    public let client: HTTPClient
    private let tokens: TestTokens?

    /// Starts a service on free ports, runs `body`, and drains it.
    ///
    /// - Parameters:
    ///   - type: the service.
    ///   - settings: values by their keys, as in the configuration's file: `["database.url": "…"]`. Where `auth.*` is not
    ///     among them, the tokens of ``token(for:roles:scopes:)`` are believed.
    ///   - group: the loops; by default one for all tests of the process.
    ///   - body: the test.
    /// - Throws: `ConfigurationError`, what the start threw, what `body` threw; ``Cut`` when requests were cut at the end.
    public static func run<S: Service>(
        _ type: S.Type,
        settings: [String: String] = [:],
        on group: EventLoopGroup? = nil,
        _ body: @Sendable (TestService) async throws -> Void
    ) async throws {
        let group = try group ?? sharedLoops.get()
        let tokens = settings.keys.contains { $0.hasPrefix("auth.") } ? nil : try TestTokens()
        let configuration = try configuration(
            of: type,
            settings.merging(tokens?.settings ?? [:]) { own, _ in own }
        )
        let (spans, log) = (InMemorySpanSink(), InMemoryLogSink())
        let identity = ServiceIdentity(name: S.name, version: S.version, instance: "\(S.name)-test")
        let levels = LogLevels(.debug)
        let telemetry = ServiceTelemetry(
            metrics: MetricRegistry(loops: group.loops),
            tracer: Tracer(sink: spans),
            logs: LogOutput(service: S.name.name, instance: identity.instance, levels: levels, sink: log)
        )
        let runtime = ServiceRuntime(identity, configuration, telemetry, on: group)
        let drained = try await runtime.run(type) { running in
            let client = HTTPClient(on: group)
            let service = TestService(
                address: running.address,
                adminAddress: running.adminAddress,
                spans: spans,
                log: log,
                metrics: telemetry.metrics,
                client: client,
                tokens: tokens
            )
            do { try await body(service) } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
        guard case .drained = drained else { throw Cut() }
    }

    /// Requests were still being answered when the time for draining was over.
    public struct Cut: Error, CustomStringConvertible {
        /// Says so.
        public let description = "requests were cut at the end: a handler does not end"
    }

    private static let sharedLoops = Result { () throws(SystemError) in try EventLoopGroup(count: 2) }

    private static func configuration<S: Service>(
        of type: S.Type,
        _ settings: [String: String]
    ) throws -> LoadedConfiguration {
        let all = settings.merging(["server.port": "0", "server.drain-timeout": "10s"]) { own, _ in own }
        let members = all.sorted { $0.key < $1.key }.map { ConfigurationTree.Member($0.key, .text($0.value)) }
        let schema = ConfigurationSchema(program: S.name.name, parts: ServiceConfiguration.parts + S.options)
        let sources = ConfigurationSources(file: .object(members), fileName: "the test's settings")
        guard case .run(let configuration) = try schema.load(from: sources) else {
            preconditionFailure("a test asks for no help")
        }
        return configuration
    }

    /// A token of somebody that the service believes.
    ///
    /// - Throws: `KeyError` when OpenSSL fails; ``NoTokens`` when the test has set `auth.*` itself.
    public func token(for subject: String, roles: [String] = [], scopes: [String] = []) throws -> String {
        guard let tokens else { throw NoTokens() }
        return try tokens.token(for: subject, roles: roles, scopes: scopes)
    }

    /// The test has set whom the service believes.
    public struct NoTokens: Error, CustomStringConvertible {
        /// Says so.
        public let description = "auth.* is the test's own here: sign a token with its key"
    }
}
