/// Follows a stream of server-sent events line by line, at any cut of the bytes (HTML, "Server-sent events", §9.2.6).
///
/// Lines end in CR LF, LF or CR; an empty one ends an event.
struct EventScanner: Sendable, Equatable {
    private enum Place: Sendable {
        /// In front of an event's first line.
        case event
        /// In front of another line of it.
        case line
        /// In a line.
        case text
    }

    private var place = Place.event
    /// Whether the last byte was a CR, whose LF may follow.
    private var isBehindReturn = false

    /// Whether all bytes so far are whole events.
    var isAtBoundary: Bool { place == .event }
    /// Whether they end within a line.
    var isInLine: Bool { place == .text }

    /// Goes on from `position` up to behind the next event's end; false when the bytes end before.
    mutating func next(_ bytes: Span<UInt8>, from position: inout Int) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            let wasBehindReturn = isBehindReturn
            isBehindReturn = byte == 13
            switch byte {
            case 10 where wasBehindReturn: continue
            case 10, 13:
                let endsEvent = place != .text
                place = endsEvent ? .event : .line
                if endsEvent { return true }
            default: place = .text
            }
        }
        return false
    }
}
