import Reactor
import Synchronization

/// An upstream without any of the platform's code: reads what comes strictly, keeps it, and answers each request with its
/// target.
final class RecordingUpstream: Sendable {
    /// What came.
    struct Record: Sendable {
        /// Whole requests, in order.
        var requests: [StrictRequest] = []
        /// The targets of requests that ended before their content did.
        var cut: [String] = []
        /// What was no request.
        var malformed: [String] = []

        var targets: [String] { requests.map(\.target) }
    }

    private final class Notes: Sendable { let record = Mutex(Record()) }

    private let notes: Notes
    private let server: ScriptedUpstream

    init() throws {
        let notes = Notes()
        self.notes = notes
        server = try ScriptedUpstream { wire in try Self.serve(wire, notes) }
    }

    var address: SocketAddress { .loopback(port: server.port) }
    var record: Record { notes.record.withLock { $0 } }
    func stop() { server.stop() }

    /// Forgets what came.
    func forget() { notes.record.withLock { $0 = Record() } }

    private static func serve(_ wire: Wire, _ notes: Notes) throws {
        var reader = StrictReader(wire)
        while true {
            do {
                guard var request = try reader.head() else { return }
                do { try reader.content(of: &request) } catch let end as Wire.Ending {
                    notes.record.withLock { $0.cut.append(request.target) }
                    throw end
                }
                if request.target != "/health/ready" {
                    let whole = request
                    notes.record.withLock { $0.requests.append(whole) }
                }
                let text = request.method == "HEAD" ? "" : request.target
                let length = "Content-Length: \(request.target.utf8.count)"
                try wire.send("HTTP/1.1 200 OK\r\n\(length)\r\nX-Target: \(request.target)\r\n\r\n\(text)")
            } catch let error as StrictRequest.Malformed {
                notes.record.withLock { $0.malformed.append(error.text) }
                return
            }
        }
    }
}
