/// A request's content on its way to libcurl: one piece at a time.
struct Upload {
    private var piece: [UInt8]
    private var position = 0
    /// Whether no piece follows the present one.
    private(set) var isLast: Bool
    /// Whether it can be sent a second time: then libcurl may do so, on a fresh connection.
    private let isRepeatable: Bool
    /// Whether it is at hand and goes out in no time.
    let isSmall: Bool
    private let length: Int?
    private var givenCount: Int

    /// A content that is at hand.
    init(whole: [UInt8], isRepeatable: Bool) {
        piece = whole
        isLast = true
        self.isRepeatable = isRepeatable
        isSmall = whole.count <= WebCall.smallContent
        length = whole.count
        givenCount = whole.count
    }

    /// A content whose pieces come one by one.
    init(length: Int?) {
        piece = []
        isLast = false
        isRepeatable = false
        isSmall = false
        self.length = length
        givenCount = 0
    }

    /// Whether libcurl has taken the present piece.
    var needsPiece: Bool { position == piece.count }

    /// Takes the next piece; only when the last has been used.
    mutating func give(_ next: [UInt8]) throws(WebClientError) {
        givenCount += next.count
        if let length, givenCount > length {
            throw .contentFailed("gave more than the \(length) bytes that were announced")
        }
        piece = next
        position = 0
    }

    /// Says that no piece follows.
    mutating func finish() throws(WebClientError) {
        if let length, givenCount < length {
            throw .contentFailed("ended after \(givenCount) of \(length) bytes")
        }
        isLast = true
    }

    /// Copies out as much as fits.
    mutating func copy(into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, piece.count - position)
        let range = position..<(position + count)
        unsafe piece.withUnsafeBytes {
            // Within both: `count` is at most the room, and what is left of the piece.
            unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range]))
        }
        position += count
        return count
    }

    /// Begins again; false where that is not possible.
    mutating func rewind() -> Bool {
        guard isRepeatable else { return false }
        position = 0
        return true
    }
}
