/// Lets the frames of one direction through, until it may be shut behind one of them: then a Close of ours goes, and
/// nothing after it.
struct FrameGate: Sendable, Equatable {
    /// Where it is to be shut.
    enum Wish: Sendable, Equatable {
        /// Nowhere.
        case none
        /// Behind a message.
        case betweenMessages
        /// Behind any frame: a Close may stand within a message of several (RFC 6455 §5.5), which is cut then.
        case betweenFrames
    }

    private(set) var wish = Wish.none
    /// Whether it has been shut.
    private(set) var isShut = false
    private var scanner = FrameScanner()

    /// Whether a Close of the sender's own has gone through.
    var hasClosed: Bool { scanner.hasClosed }

    /// Whether it may be shut right here: the bytes that were let through are whole frames and no Close is among them.
    var mayShut: Bool {
        switch wish {
        case .none: false
        case .betweenMessages: isBetweenFrames && !scanner.isInMessage
        case .betweenFrames: isBetweenFrames
        }
    }

    private var isBetweenFrames: Bool { !isShut && scanner.isAtBoundary && !scanner.hasClosed }

    /// Asks for it to be shut; a wish that can be met sooner stays.
    mutating func ask(_ wish: Wish) { if self.wish != .betweenFrames { self.wish = wish } }

    /// How many of these bytes, the next of the direction, go through; the rest is dropped.
    mutating func pass(_ bytes: Span<UInt8>) -> Int {
        guard !isShut else { return 0 }
        var position = 0
        while position < bytes.count, !mayShut { _ = scanner.next(bytes, from: &position) }
        return position
    }

    /// Shuts it, if it may be.
    mutating func shut() -> Bool {
        guard mayShut else { return false }
        isShut = true
        return true
    }
}
