/// Reads requests from a connection one by one, strictly.
struct StrictReader {
    private let wire: Wire
    private var bytes: [UInt8] = []
    private var position = 0

    init(_ wire: Wire) { self.wire = wire }

    /// The start line and the fields; nil when the connection ended before their first byte.
    mutating func head() throws -> StrictRequest? {
        do { try fill(1) } catch { return nil }
        var lines: [[UInt8]] = []
        while true {
            let line = try line()
            guard !line.isEmpty || lines.isEmpty else { return try StrictRequest(lines: lines) }
            lines.append(line)
        }
    }

    /// The content and the trailers behind a head.
    mutating func content(of request: inout StrictRequest) throws {
        if let length = request.length {
            request.content = try take(length)
            return
        }
        while true {
            let size = try line()
            guard (1...16).contains(size.count),
                let count = Int(String(decoding: size, as: UTF8.self), radix: 16),
                size.allSatisfy({ (48...57).contains($0) || (65...70).contains($0 & 0xDF) })
            else {
                throw StrictRequest.Malformed(text: "chunk size \(String(decoding: size, as: UTF8.self))")
            }
            guard count > 0 else { break }
            request.content += try take(count)
            guard try take(2) == [13, 10] else { throw StrictRequest.Malformed(text: "chunk end") }
        }
        var lines: [[UInt8]] = []
        while true {
            let line = try line()
            guard !line.isEmpty else { break }
            lines.append(line)
        }
        request.trailers = try StrictRequest.fields(lines)
    }

    /// The bytes before the next CRLF, none of which is CR or LF.
    private mutating func line() throws -> [UInt8] {
        var line: [UInt8] = []
        while true {
            try fill(1)
            let byte = bytes[position]
            position += 1
            switch byte {
            case 13:
                try fill(1)
                guard bytes[position] == 10 else { throw StrictRequest.Malformed(text: "bare CR") }
                position += 1
                return line
            case 10: throw StrictRequest.Malformed(text: "bare LF")
            default: line.append(byte)
            }
        }
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        try fill(count)
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    private mutating func fill(_ count: Int) throws {
        if position > 1 << 16 {
            bytes.removeFirst(position)
            position = 0
        }
        while bytes.count - position < count { bytes += try wire.read() }
    }
}
