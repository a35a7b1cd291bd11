public import HTTP

/// Names a request in all logs: nginx's 32 hex digits, a UUID of version 7 (RFC 9562 §5.7), or what a caller chose.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    // 32 lower-case digits, as nearly always, fit without an allocation.
    private enum Form: Hashable {
        case digits(UInt128)
        case uuid(UInt128)
        case text(String)
    }
    private let form: Form

    /// The header that carries it.
    public static let header: HTTPFieldName = "x-request-id"
    /// The longest that is taken from a caller, in bytes.
    public static let byteLimit = 128

    /// Takes 1–128 letters, digits, `-`, `_`, `.`; nil for anything else, which could forge a log line or a header.
    public init?(_ text: Span<UInt8>) {
        if text.count == 32, let value = Hexadecimal.parse(text) {
            form = .digits(value)
            return
        }
        guard (1...Self.byteLimit).contains(text.count), Self.isPlain(text) else { return nil }
        form = .text(ByteText.string(text, 0..<text.count))
    }

    private init(uuid: UInt128) { form = .uuid(uuid) }

    /// The one a request came with; a new one without, or with one that can't be taken.
    public init(
        from fields: HTTPFields,
        milliseconds: @autoclosure () -> Int64 = WallClock.coarse.milliseconds
    ) {
        guard let given = fields.value(of: Self.header).flatMap({ RequestID($0.span) }) else {
            self = .random(milliseconds: milliseconds())
            return
        }
        self = given
    }

    /// Makes a UUID of version 7 from milliseconds since 1970 and 74 random bits.
    public static func random(milliseconds: Int64 = WallClock.coarse.milliseconds) -> RequestID {
        let high = UInt64(bitPattern: milliseconds) << 16 | 0x7000 | RandomSource.next() & 0xfff
        let low = RandomSource.next() & (1 << 62 - 1) | 1 << 63
        return RequestID(uuid: UInt128(high) << 64 | UInt128(low))
    }

    /// The text as it goes into headers and logs.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// The same as bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Adds the field.
    func append(to fields: inout HTTPFields) {
        fields.append(Self.header, upTo: Self.byteLimit, isSafe: true) { append(to: &$0) }
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: Self.byteLimit) { append(to: &$0) }
    }

    /// Adds at most ``byteLimit`` bytes.
    func append(to out: inout OutputSpan<UInt8>) {
        switch form {
        case .digits(let value): Hexadecimal.append(value, to: &out)
        case .text(let text): for byte in text.utf8 { out.append(byte) }
        case .uuid(let value): Hexadecimal.append(uuid: value, to: &out)
        }
    }

    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                continue
            default: return false
            }
        }
        return true
    }
}
