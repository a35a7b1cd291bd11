/// One encoding: the bytes and the containers that are open in them, the innermost last.
///
/// Encoders and containers are handles: a ticket names the place that awaits a value, and the container that was
/// opened there. A container that goes on closes those inside it; one that was closed can't go on.
final class JSONEncoding {
    /// An open object or array.
    private struct Frame {
        let ticket: Int
        let isObject: Bool
        /// The bytes before its first member.
        let start: Int
        var key = ""
        var count = 0
        /// Kept only for sorting.
        var members: [(key: String, start: Int)] = []
    }

    // Each of the three is touched for a moment by one method, which calls nothing that comes back here.
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var writer: JSONWriter
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var frames: [Frame] = []
    private var lastTicket = 0
    /// The place that awaits its value; 0 when there is none.
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    private var awaited = 0
    /// The first misuse by a method that can't throw.
    private var failure: JSONError?
    private let sortsKeys: Bool
    /// Enough for a small object, so that its bytes are allocated once.
    private static let firstRoom = 480

    init(_ options: JSONEncodingOptions) {
        var room: [UInt8] = []
        room.reserveCapacity(Self.firstRoom)
        writer = JSONWriter(appendingTo: room, isPretty: options.isPretty)
        sortsKeys = options.sortsKeys
    }

    /// Encodes the one value of a text.
    func text(of value: some Encodable) throws -> [UInt8] {
        try encode(value, at: awaitValue())
        settle(downTo: 0)
        if let failure { throw failure }
        return writer.bytes
    }

    // MARK: Places and containers

    /// Makes the place where the bytes end await a value.
    func awaitValue() -> Int {
        lastTicket += 1
        awaited = lastTicket
        return awaited
    }

    /// Opens a container at a place, or opens it again when it is the innermost that was not closed.
    func open(_ ticket: Int, isObject: Bool) {
        if let level = level(of: ticket), frames[level].isObject == isObject {
            return settle(downTo: level + 1)
        }
        guard ticket == awaited else { return fail() }
        awaited = 0
        if isObject { writer.beginObject() } else { writer.beginArray() }
        frames.append(Frame(ticket: ticket, isObject: isObject, start: writer.bytes.count))
    }

    /// Begins a member of an object that is still open.
    func beginMember(_ key: some CodingKey, of ticket: Int) throws(JSONError) -> Int {
        try resume(ticket)
        let name = key.stringValue
        frames[frames.count - 1].key = name
        if sortsKeys {
            writer.separate()
            frames[frames.count - 1].members.append((name, writer.bytes.count))
            writer.keyBehindSeparator(name)
        } else {
            writer.key(name)
        }
        return awaitValue()
    }

    /// Begins an element of an array that is still open.
    func beginElement(of ticket: Int) throws(JSONError) -> Int {
        try resume(ticket)
        frames[frames.count - 1].count += 1
        return awaitValue()
    }

    /// The elements that an array has so far; 0 when it was closed.
    func count(of ticket: Int) -> Int { level(of: ticket).map { frames[$0].count } ?? 0 }

    private func resume(_ ticket: Int) throws(JSONError) {
        guard let level = level(of: ticket) else { throw problem(.containerClosed) }
        settle(downTo: level + 1)
    }

    private func level(of ticket: Int) -> Int? { frames.lastIndex { $0.ticket == ticket } }

    /// Closes containers until `count` are open; a value that never came is an empty object.
    private func settle(downTo count: Int) {
        while true {
            if awaited != 0 {
                awaited = 0
                writer.beginObject()
                writer.endObject()
            }
            guard frames.count > count else { return }
            close(frames.removeLast())
        }
    }

    private func close(_ frame: Frame) {
        guard frame.isObject else { return writer.endArray() }
        if sortsKeys { sort(frame) }
        writer.endObject()
    }

    private func sort(_ frame: Frame) {
        let text = writer.bytes
        let ends = frame.members.indices.map { index in
            index + 1 < frame.members.count
                ? frame.members[index + 1].start - writer.separatorLength : text.count
        }
        writer.removeMembers(from: frame.start)
        let order = frame.members.indices.sorted {
            frame.members[$0].key.utf8.lexicographicallyPrecedes(frame.members[$1].key.utf8)
        }
        for index in order {
            writer.separate()
            writer.bytes.append(contentsOf: text[frame.members[index].start..<ends[index]])
        }
    }

    // MARK: Values

    /// Encodes a value at a place.
    @inline(__always) func encode<Value: Encodable>(_ value: Value, at ticket: Int) throws {
        if try writeScalar(value, at: ticket) { return }
        do {
            try value.encode(to: JSONTreeEncoder(encoding: self, ticket: ticket))
        } catch let error as JSONError {
            throw error
        } catch {
            throw problem(.rejected)
        }
    }

    /// Writes a scalar at the place that awaits it.
    func write(at ticket: Int, _ body: (inout JSONWriter) throws(JSONError) -> Void) throws(JSONError) {
        guard ticket == awaited else { throw problem(.containerClosed) }
        try body(&writer)
        awaited = 0
    }

    // MARK: Errors

    /// The steps to where the bytes end.
    var codingPath: [any CodingKey] { path.components.map { JSONIndexKey($0) } }

    /// What is wrong where the bytes end.
    func problem(_ reason: JSONReason) -> JSONError {
        JSONError(JSONFieldProblem(path: path, reason: reason))
    }

    private var path: JSONPath {
        JSONPath(
            frames.compactMap { frame in
                if frame.isObject { return frame.key.isEmpty ? nil : .key(bounding: frame.key) }
                return frame.count == 0 ? nil : .index(frame.count - 1)
            }
        )
    }

    /// The encoder of a place for a method that can't throw: a misuse is kept, and fails the encoding at its end.
    func encoder(at place: () throws(JSONError) -> Int) -> JSONTreeEncoder {
        do throws(JSONError) {
            return JSONTreeEncoder(encoding: self, ticket: try place())
        } catch {
            failure = failure ?? error
            return JSONTreeEncoder(encoding: self, ticket: -1)
        }
    }

    private func fail() { failure = failure ?? problem(.containerClosed) }
}
