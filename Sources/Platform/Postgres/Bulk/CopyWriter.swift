import Reactor

/// Takes the rows of a `COPY … FROM STDIN` in the text format (PostgreSQL manual, COPY, "Text Format").
public struct CopyWriter: ~Copyable, Sendable {
    let part: PoolLoop
    let key: LeaseKey
    let deadline: MonotonicInstant
    private var buffer: [UInt8] = []
    private static let pieceSize = 1 << 16

    init(part: PoolLoop, key: LeaseKey, deadline: MonotonicInstant) {
        self.part = part
        self.key = key
        self.deadline = deadline
    }

    /// Writes a row of values, one a column.
    ///
    /// - Throws: ``PostgresError``.
    public mutating func write<each Value: PostgresValue>(
        _ values: repeat each Value
    ) async throws(PostgresError) {
        var isFirst = true
        var problem: String?
        for value in repeat each values {
            if !isFirst { buffer.append(UInt8(ascii: "\t")) }
            isFirst = false
            var writer = PostgresValueWriter()
            value.write(to: &writer)
            problem = problem ?? writer.problem
            append(writer.isNull ? nil : writer.take())
        }
        buffer.append(UInt8(ascii: "\n"))
        if let problem { throw PostgresError(.notEncodable, problem) }
        if buffer.count >= Self.pieceSize { try await flush() }
    }

    /// Writes bytes in the format that the statement names, cut anywhere.
    ///
    /// - Throws: ``PostgresError``.
    public mutating func write(bytes: [UInt8]) async throws(PostgresError) {
        buffer += bytes
        if buffer.count >= Self.pieceSize { try await flush() }
    }

    mutating func flush() async throws(PostgresError) {
        guard !buffer.isEmpty else { return }
        let piece = buffer
        buffer.removeAll()
        _ = try await part.step(.put(piece), on: key, until: deadline)
    }

    /// A column's text with what would end it escaped; `\N` for NULL.
    private mutating func append(_ text: [UInt8]?) {
        guard let text else {
            buffer += [UInt8(ascii: "\\"), UInt8(ascii: "N")]
            return
        }
        for byte in text {
            switch byte {
            case UInt8(ascii: "\\"): buffer += [byte, byte]
            case UInt8(ascii: "\n"): buffer += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\r"): buffer += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case UInt8(ascii: "\t"): buffer += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            default: buffer.append(byte)
            }
        }
    }
}
