public import HTTP

/// 200: events as they come (`text/event-stream`, WHATWG HTML §9.2).
///
/// An event waits until the client has taken the one before; the source is asked for no more meanwhile. While there is
/// none, a comment each 15 s tells proxies and the client that the stream lives. The client that leaves cancels the
/// source's task. A client that comes back says where it was: ``Request/lastEventID``.
public struct ServerSentEvents<Events: AsyncSequence & Sendable>: ResponseContent, Sendable
where Events.Element == ServerEvent {
    private let events: Events
    private let heartbeat: Duration
    private let pause: @Sendable (Duration) async throws -> Void

    /// Takes the events; an error of theirs cuts the connection, and the client comes back.
    public init(_ events: Events, heartbeat: Duration = .seconds(15)) {
        self.init(events, heartbeat: heartbeat, pause: LoopPause.wait)
    }

    /// For tests: with the waiting passed in.
    init(
        _ events: Events,
        heartbeat: Duration,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.events = events
        self.heartbeat = heartbeat
        self.pause = pause
    }

    /// 200 with events.
    public static func describeAnswer(_ route: inout RouteShape) {
        route.answer.mediaType = "text/event-stream"
        route.answer.schema = { _ in .string() }
        route.answer.isStream = true
    }

    /// 200 with the events; no cache keeps them, and nginx does not gather them.
    public func response(to request: Request) -> HTTPResponse {
        let fields: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", "x-accel-buffering": "no",
        ]
        return HTTPResponse(.ok, fields: fields, body: HTTPBody(Pieces(events: self)))
    }

    private struct Pieces: AsyncSequence, Sendable {
        let events: ServerSentEvents

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(events: events) }

        struct AsyncIterator: AsyncIteratorProtocol {
            let events: ServerSentEvents
            private var pump: EventPump?

            init(events: ServerSentEvents) { self.events = events }

            /// The first piece is an empty comment: with it the head leaves, and the client knows that it is connected.
            mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
                if let pump { return try await pump.relay.next() }
                pump = events.pump()
                return EventRelay.heartbeat
            }
        }
    }

    private func pump() -> EventPump {
        EventPump { [self] relay in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await produce(into: relay) }
                group.addTask { await beat(relay) }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func produce(into relay: EventRelay) async {
        do {
            for try await event in events { guard await relay.offer(event.bytes) else { return } }
            relay.finish(nil)
        } catch {
            relay.finish(error)
        }
    }

    /// Ends when the pause does, which is when the task is cancelled.
    private func beat(_ relay: EventRelay) async {
        while (try? await pause(heartbeat)) != nil { relay.beat() }
    }
}
