/// A regular expression of RE2's common part, matched in time that grows with text times pattern: all its places are
/// followed at once, none is tried again.
///
/// Literals, `.`, classes, `\d \w \s` and their opposites, groups, `|`, `* + ? {n,m}`, `^`, `$`.
struct Pattern: Sendable, Equatable {
    enum Step: Sendable, Equatable {
        case byte(ByteSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case match
    }

    let steps: [Step]

    /// - Throws: ``Refusal`` for what is no such expression, and for one that grows too large.
    init(_ text: String) throws(Refusal) {
        var compiler = PatternCompiler(Array(text.utf8))
        steps = try compiler.compile()
    }

    /// Whether it matches anywhere in the text.
    func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var current: Set<Int> = []
        for index in 0...bytes.count {
            follow(0, at: index, of: bytes.count, &current)
            var next: Set<Int> = []
            for place in current {
                switch steps[place] {
                case .match: return true
                case .byte(let set):
                    if index < bytes.count, set.contains(bytes[index]) {
                        follow(place + 1, at: index + 1, of: bytes.count, &next)
                    }
                default: break
                }
            }
            current = next
        }
        return current.contains { steps[$0] == .match }
    }

    /// Adds a place and all that it leads to without a byte.
    private func follow(_ place: Int, at index: Int, of count: Int, _ places: inout Set<Int>) {
        var stack = [place]
        while let place = stack.popLast() {
            guard places.insert(place).inserted else { continue }
            switch steps[place] {
            case .jump(let target): stack.append(target)
            case .split(let one, let other): stack += [one, other]
            case .start: if index == 0 { stack.append(place + 1) }
            case .end: if index == count { stack.append(place + 1) }
            case .byte, .match: break
            }
        }
    }
}

/// A set of bytes.
struct ByteSet: Sendable, Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init(_ ranges: ClosedRange<UInt8>...) { for range in ranges { insert(range) } }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range {
            let bit = UInt64(1) << UInt64(byte & 63)
            switch byte >> 6 {
            case 0: words.0 |= bit
            case 1: words.1 |= bit
            case 2: words.2 |= bit
            default: words.3 |= bit
            }
        }
    }

    mutating func formUnion(_ other: ByteSet) {
        words = (
            words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
        )
    }

    var inverted: ByteSet {
        var copy = self
        copy.words = (~words.0, ~words.1, ~words.2, ~words.3)
        return copy
    }

    func contains(_ byte: UInt8) -> Bool {
        let bit = UInt64(1) << UInt64(byte & 63)
        return switch byte >> 6 {
        case 0: words.0 & bit != 0
        case 1: words.1 & bit != 0
        case 2: words.2 & bit != 0
        default: words.3 & bit != 0
        }
    }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }
}
