import HTTP
import Reactor
import Resilience
import Telemetry
import TestSupport
import Testing

@testable import WebClient

@Suite(
    "calls to the outside behind the face of calls",
    .enabled(if: Program.isWanted("python3", "nginx", "openssl"), "needs python3, nginx and openssl"),
    .timeLimit(.minutes(1))
)
struct ServiceCallTests {
    /// A client of one destination, and what it leaves behind.
    private struct Calls {
        let client: ServiceClient
        let registry: MetricRegistry
        let spans = InMemorySpanSink()

        init(
            to destination: WebDestination,
            _ web: WebClient,
            _ change: (inout CallSettings) -> Void = { _ in }
        ) throws {
            let loops = try WebFixture.loop
            var settings = CallSettings.external
            // The jitter of seconds is the policy's; here nobody waits for it.
            settings.retry.baseDelay = .zero
            settings.timeouts = .patient
            settings.total = .seconds(40)
            change(&settings)
            registry = MetricRegistry(loops: loops.loops)
            client = ServiceClient(
                to: destination,
                over: web,
                telemetry: try OutgoingTelemetry(in: registry),
                on: loops,
                settings: settings
            )
        }

        func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            var values = ContextValues()
            values.tracer = Tracer(sink: spans)
            values.span = values.tracer.start("above", .server, remoteParent: nil)
            values.requestID = .random()
            values.baggage = Baggage("tenant=7".utf8.span)
            return try await Context.with(Context(values)) { try await client.send(request) }
        }

        /// The labels of all measurements.
        var labels: [[String]] {
            let name = StandardMetrics.httpClientRequestDuration.name
            return registry.snapshot().first { $0.name == name }?.series.map(\.labels.values) ?? []
        }
    }

    private func text(_ response: HTTPResponse) async throws -> String {
        String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self)
    }

    @Test("with TLS: an answer, its span and its measurement")
    func nginx() async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let web = try WebFixture.client(trusting: certificates.authority)
            let calls = try Calls(to: nginx.http2, web)
            #expect(try await text(calls.send(HTTPRequest(.get, "/hook?key=secret"))).hasPrefix("HTTP/2.0"))
            let span = try #require(calls.spans.spans.first)
            #expect(span.name == "GET")
            #expect(span.kind == .client)
            #expect(span.attributes[.serverAddress] == "localhost")
            #expect(span.attributes[.urlFull] == .string("\(try nginx.http2)/"))
            #expect(span.attributes[.httpResponseStatusCode] == 200)
            #expect(calls.labels == [["GET", "", "200", "https", "", "localhost"]])

            // A certificate that is refused is an error at once; no attempt would mend it.
            let stranger = try Calls(to: nginx.selfSigned, web)
            await #expect(throws: CallError.self) { try await stranger.send(HTTPRequest(.get, "/")) }
            #expect(stranger.labels == [["GET", "", "", "https", "invalid_answer", "localhost"]])
        }
    }

    @Test("nothing of ours goes out, and the trace where it is asked for")
    func headers() async throws {
        try await WebPeer.run { peer in
            let web = try WebFixture.client()
            let plain = try Calls(to: peer.destination(), web)
            let bare = try await text(plain.send(HTTPRequest(.get, "/head")))
            #expect(bare == "GET\nhost: 127.0.0.1:\(peer.port)")
            let traced = try Calls(to: peer.destination(), web) { $0.headers = .trace }
            let lines = try await text(traced.send(HTTPRequest(.get, "/head"))).split(separator: "\n")
            let names = lines.map { $0.prefix { $0 != ":" } }
            #expect(names == ["GET", "host", "traceparent"])
        }
    }

    @Test("an upgrade is refused, and nothing goes out")
    func upgrade() async throws {
        let destination = try WebDestination(.http, host: "127.0.0.1", port: 1)
        let calls = try Calls(to: destination, try WebFixture.client())
        let error = await #expect(throws: CallError.self) {
            _ = try await calls.client.upgrade(HTTPRequest(.get, "/", fields: [.upgrade: "websocket"]))
        }
        #expect(error?.code == .badRequest)
        let detail = try #require(error?.detail)
        #expect(detail == "request_failed: WebClient switches to no other protocol; HTTPClient does")
    }

    @Test("three retries at the same host, POST never without a key")
    func retries() async throws {
        try await WebPeer.run { peer in
            let calls = try Calls(to: peer.destination(), try WebFixture.client())
            let posted = try await calls.send(HTTPRequest(.post, "/busy/4"))
            #expect(posted.head.status == .serviceUnavailable)
            #expect(try await text(calls.send(HTTPRequest(.get, "/busy/4"))) == "at last")
            let resends = calls.spans.spans.map { $0.attributes[.httpRequestResendCount] }
            #expect(resends == [nil, nil, 1, 2, 3])
            for _ in 0..<5 { #expect(await peer.events.next() == "asked") }
        }
    }

    @Test("a host that refuses is an error that says so; a cut content is one of its reading")
    func failures() async throws {
        try await WebPeer.run { peer in
            let web = try WebFixture.client()
            let calls = try Calls(to: peer.destination(), web) { $0.retry.attempts = 1 }
            let response = try await calls.send(HTTPRequest(.get, "/short"))
            await #expect(throws: WebClientError.disconnected) { try await text(response) }
            do {
                _ = try await calls.send(HTTPRequest(.get, "/nothing"))
                Issue.record("an answer")
            } catch let error as CallError {
                #expect(error.code == .noAnswer(.reset))
                #expect(error.problem?.status == .serviceUnavailable)
            }
            #expect(calls.client.inFlight == 0)
        }
    }
}
