import HTTP
import Reactor
import Synchronization
import Telemetry
import Testing

@testable import Resilience

@Suite("calls: headers") struct HeaderCallTests {
    private func sent(_ headers: CallHeaders, _ request: HTTPRequest) async throws -> HTTPRequestHead {
        let head = Events()
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { peers in
            var settings = CallFixture.eager
            settings.headers = headers
            let calls = try Calls(to: peers, settings: settings)
            _ = try await calls.send(request) { values in
                values.requestID = RequestID("0af7651916cd43dd8448eb211c80319c".utf8.span)
                values.baggage = Baggage("tenant=7".utf8.span)
                values.span = calls.tracer.start(
                    "in",
                    remoteParent: Propagation.extract(
                        from: [
                            Propagation.traceparent:
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            Propagation.tracestate: "vendor=x",
                        ]
                    )
                )
            }
            head.note(peers[0].requests[0])
        }
        return try #require(head.all.first)
    }

    @Test("between services all travel, in the place of what the request has under their names")
    func inside() async throws {
        let head = try await sent(.internal, HTTPRequest(.get, "/", fields: [RequestID.header: "old"]))
        let parent = try #require(Propagation.extract(from: head.fields))
        #expect("\(parent.traceID)" == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect("\(parent.spanID)" != "00f067aa0ba902b7")
        #expect(head.fields[Propagation.tracestate] == "vendor=x")
        #expect(head.fields[Propagation.baggage] == "tenant=7")
        #expect(head.fields[Deadline.header] != nil)
        #expect(
            head.fields.values(of: RequestID.header).map { Array($0) } == [
                Array("0af7651916cd43dd8448eb211c80319c".utf8)
            ]
        )
    }

    private static let ours: [HTTPFieldName] = [
        Propagation.traceparent, Propagation.tracestate, Propagation.baggage, Deadline.header,
        RequestID.header,
    ]

    @Test("outside none does, unless the trace is asked for")
    func outside() async throws {
        let head = try await sent(.none, HTTPRequest(.get, "/"))
        #expect(Self.ours.filter { head.fields.contains($0) } == [])
        let traced = try await sent(.trace, HTTPRequest(.get, "/"))
        #expect(
            Self.ours.filter { traced.fields.contains($0) }
                == [Propagation.traceparent, Propagation.tracestate]
        )
        #expect(CallSettings.external.headers == .none)
    }
}

/// What a closure notes and a test reads behind it.
final class Events: Sendable {
    private let heads = Mutex<[HTTPRequestHead]>([])
    var all: [HTTPRequestHead] { heads.withLock { $0 } }
    func note(_ head: HTTPRequestHead) { heads.withLock { $0.append(head) } }
}
