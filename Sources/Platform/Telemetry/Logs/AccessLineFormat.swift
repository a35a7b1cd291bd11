import HTTP
import Reactor
import Synchronization

/// Writes the lines of the access log as JSON; most need no allocation.
///
/// What lines share is made once: the keys with what stands between them, method and route of each route, the date of
/// each second, a client's address and a user agent as they came last. The rest goes into one room, made for the whole line.
final class AccessLineFormat: Sendable {
    /// What one loop's lines share, apart from the others in memory. Loops beyond 15 share with others, and so do all
    /// threads that run none: it is locked in any case.
    private final class Shard: Sendable {
        let memory: Mutex<AccessLineMemory>
        init() { memory = Mutex(AccessLineMemory()) }
    }
    private static let shardCount = 16
    /// Room for ids and numbers, and the keys in front of them.
    private static let room = 512

    private let format: JSONLogFormat
    private let shards: [Shard]
    /// All that is the same in each line, in one place: each array that is read costs a count. First what follows the date,
    /// up to the ids.
    private let parts: [UInt8]
    private let opening: Range<Int>
    private let (traceID, spanID, requestID): (Range<Int>, Range<Int>, Range<Int>)
    private let (duration, bytesIn, bytesOut): (Range<Int>, Range<Int>, Range<Int>)
    private let (subject, upstream): ([UInt8], [UInt8])
    private let (attempts, overhead): ([UInt8], [UInt8])

    init(_ format: JSONLogFormat) {
        self.format = format
        shards = (0..<Self.shardCount).map { _ in Shard() }
        var parts = Array("Z\"".utf8)
        format.plain(LogKey.level, LogLevel.info.description, to: &parts)
        parts += format.identity
        format.plain(LogKey.message, "request", to: &parts)
        opening = 0..<parts.count
        func part(_ name: String, _ next: String = "", behind last: String = "") -> Range<Int> {
            let start = parts.count
            parts += Self.key(name, next, behind: last)
            return start..<parts.count
        }
        (traceID, spanID) = (part(LogKey.traceID, "\""), part(LogKey.spanID, "\"", behind: "\""))
        requestID = part(LogKey.requestID, "\"")
        (duration, bytesIn, bytesOut) = (part(LogKey.duration), part(LogKey.bytesIn), part(LogKey.bytesOut))
        self.parts = parts
        (subject, upstream) = (Self.key(LogKey.subject, "\""), Self.key(LogKey.upstream))
        (attempts, overhead) = (Self.key(LogKey.attempts), Self.key(LogKey.overhead))
    }

    private static func key(_ name: String, _ next: String = "", behind last: String = "") -> [UInt8] {
        Array("\(last),\"\(name)\":\(next)".utf8)
    }

    /// Method and route, and the key of the status: what all answers of a route have between ids and numbers.
    static func place(_ method: String, _ route: String, _ format: JSONLogFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        format.plain(LogKey.method, method, to: &bytes)
        if !route.isEmpty { format.text(LogKey.route, route, to: &bytes) }
        format.key(LogKey.status, to: &bytes)
        return bytes
    }

    /// Adds a record's line, written at `time`, nanoseconds since 1970.
    func append(_ record: AccessRecord, at time: Int64, to bytes: inout [UInt8]) {
        let figures = Figures(
            status: record.status.code,
            nanoseconds: record.nanoseconds,
            byteCounts: record.byteCounts,
            traceID: record.span.traceID,
            spanID: record.span.spanID
        )
        let place = Self.place(record.method.name, record.route, format)
        append(figures, record.requestID, place, record.client, record.userAgent, at: time, to: &bytes)
        let details = RequestDetails(
            subject: record.subject,
            upstream: record.upstream,
            attempts: record.attempts,
            overhead: record.overheadMicroseconds
        )
        append(details, to: &bytes)
    }

    /// What others than the server know of a request, and the line's end.
    private func append(_ details: borrowing RequestDetails, to bytes: inout [UInt8]) {
        if let subject = details.subject {
            bytes.append(contentsOf: self.subject)
            format.text(subject.utf8.span, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        // An instance's id comes from the registry, not from a client: nothing in it is to be redacted.
        if let upstream = details.upstream {
            bytes.append(contentsOf: self.upstream)
            JSONText.append(upstream, to: &bytes)
        }
        let (attempts, overhead) = (details.attempts, details.overhead)
        bytes.append(addingCapacity: self.attempts.count + self.overhead.count + 44) { out in
            if let attempts {
                out.append(self.attempts)
                DecimalText.append(UInt64(max(0, attempts)), to: &out)
            }
            if let overhead {
                out.append(self.overhead)
                if overhead < 0 { out.append(UInt8(ascii: "-")) }
                DecimalText.append(UInt64(overhead.magnitude), to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// Adds the same line of a request that has ended. Of one with a method that its route was not made for, the record is
    /// made.
    func append(_ request: RequestRecord, _ end: RequestEnd, at time: Int64, to bytes: inout [UInt8]) {
        guard let place = request.route.place else {
            return append(request.line(end), at: time, to: &bytes)
        }
        let figures = Figures(
            status: end.end.status.code,
            nanoseconds: end.nanoseconds,
            byteCounts: (end.end.receivedByteCount, end.end.sentByteCount),
            traceID: request.core.origin.context.traceID,
            spanID: request.core.origin.context.spanID
        )
        append(figures, request.requestID, place, request.client, end.texts.userAgent, at: time, to: &bytes)
        append(end.details, to: &bytes)
    }

    /// What is a number.
    private struct Figures {
        let status: UInt16
        let nanoseconds: Int64
        let byteCounts: (in: Int, out: Int)
        let traceID: TraceID
        let spanID: SpanID
    }

    private func append(
        _ figures: Figures,
        _ id: RequestID?,
        _ place: [UInt8],
        _ client: SocketAddress?,
        _ userAgent: ArraySlice<UInt8>?,
        at time: Int64,
        to bytes: inout [UInt8]
    ) {
        let second = time.quotient(flooringBy: 1_000_000_000)
        let microseconds = UInt64((time - second * 1_000_000_000) / 1000)
        shards[ThreadMark.current.index & (Self.shardCount - 1)].memory.withLock { memory in
            memory.begin(second: second)
            let client = client.map { memory.rendered($0, format) } ?? []
            let agent = userAgent.map { memory.rendered($0, format) } ?? []
            let room =
                memory.date.count + opening.count + place.count + client.count + agent.count + Self.room
            let parts = parts
            bytes.append(addingCapacity: room) { out in
                let parts = parts.span
                out.append(memory.date)
                out.append(decimal: microseconds, digits: 6)
                out.append(parts, opening)
                append(figures, id, parts, to: &out)
                out.append(place)
                append(figures, parts, to: &out)
                out.append(client)
                out.append(agent)
            }
        }
    }

    private func append(_ figures: Figures, _ parts: Span<UInt8>, to out: inout OutputSpan<UInt8>) {
        out.append(decimal: UInt64(figures.status), digits: 3)
        out.append(parts, duration)
        DecimalText.append(milliseconds: figures.nanoseconds, to: &out)
        out.append(parts, bytesIn)
        DecimalText.append(UInt64(max(0, figures.byteCounts.in)), to: &out)
        out.append(parts, bytesOut)
        DecimalText.append(UInt64(max(0, figures.byteCounts.out)), to: &out)
    }

    private func append(
        _ figures: Figures,
        _ id: RequestID?,
        _ parts: Span<UInt8>,
        to out: inout OutputSpan<UInt8>
    ) {
        if figures.traceID != .none, figures.spanID != .none {
            out.append(parts, traceID)
            Hexadecimal.append(figures.traceID.value, to: &out)
            out.append(parts, spanID)
            Hexadecimal.append(figures.spanID.value, to: &out)
            out.append(UInt8(ascii: "\""))
        }
        guard let id else { return }
        out.append(parts, requestID)
        id.append(to: &out)
        out.append(UInt8(ascii: "\""))
    }
}
