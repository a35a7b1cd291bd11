/// Makes the steps of a ``Pattern``.
struct PatternCompiler {
    private static let stepLimit = 4096
    private static let depthLimit = 32

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func compile() throws(Refusal) -> [Pattern.Step] {
        let steps = try alternatives()
        guard index == bytes.count else { throw failure("unexpected )") }
        return steps + [.match]
    }

    // Parts are relative to their own beginning, and moved when they are put together.

    private mutating func alternatives() throws(Refusal) -> [Pattern.Step] {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw failure("groups too deep") }
        var left = try sequence()
        while take(UInt8(ascii: "|")) {
            let right = try sequence()
            left =
                [.split(1, left.count + 2)] + Self.moved(left, by: 1) + [.jump(left.count + 2 + right.count)]
                + Self.moved(right, by: left.count + 2)
            try limit(left)
        }
        return left
    }

    private mutating func sequence() throws(Refusal) -> [Pattern.Step] {
        var steps: [Pattern.Step] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "|"), bytes[index] != UInt8(ascii: ")") {
            let part = try repeated(try atom())
            steps += Self.moved(part, by: steps.count)
            try limit(steps)
        }
        return steps
    }

    private mutating func repeated(_ atom: [Pattern.Step]) throws(Refusal) -> [Pattern.Step] {
        var part = atom
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "*"):
                index += 1
                part = Self.star(part)
            case UInt8(ascii: "+"):
                index += 1
                part = part + Self.moved(Self.star(part), by: part.count)
            case UInt8(ascii: "?"):
                index += 1
                part = Self.optional(part)
            case UInt8(ascii: "{"):
                guard let (least, most) = try counts() else { return part }
                part = try Self.times(part, least, most)
            default: return part
            }
            // A lazy form matches the same texts.
            _ = take(UInt8(ascii: "?"))
            try limit(part)
        }
        return part
    }

    private static func star(_ part: [Pattern.Step]) -> [Pattern.Step] {
        [.split(1, part.count + 2)] + moved(part, by: 1) + [.jump(0)]
    }

    private static func optional(_ part: [Pattern.Step]) -> [Pattern.Step] {
        [.split(1, part.count + 1)] + moved(part, by: 1)
    }

    private static func times(
        _ part: [Pattern.Step],
        _ least: Int,
        _ most: Int?
    ) throws(Refusal) -> [Pattern.Step] {
        guard (most ?? least) * max(1, part.count) <= stepLimit else {
            throw Refusal(.failed, "a repetition of a pattern grows too large")
        }
        var steps: [Pattern.Step] = []
        for _ in 0..<least { steps += moved(part, by: steps.count) }
        guard let most else { return steps + moved(star(part), by: steps.count) }
        for _ in least..<max(least, most) { steps += moved(optional(part), by: steps.count) }
        return steps
    }

    /// `{n}`, `{n,}`, `{n,m}`; nil, and nothing taken, for a brace that is a literal.
    private mutating func counts() throws(Refusal) -> (Int, Int?)? {
        guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
            throw failure("a brace is not closed")
        }
        let parts = bytes[(index + 1)..<end].split(
            separator: UInt8(ascii: ","),
            omittingEmptySubsequences: false
        )
        let numbers = parts.map { Int(String(decoding: $0, as: UTF8.self)) }
        guard let least = numbers.first ?? nil, least >= 0, least <= 1000, parts.count <= 2 else {
            throw failure("bad counts")
        }
        index = end + 1
        guard parts.count == 2 else { return (least, least) }
        if parts[1].isEmpty { return (least, nil) }
        guard let most = numbers[1], most >= least, most <= 1000 else { throw failure("bad counts") }
        return (least, most)
    }

    private mutating func atom() throws(Refusal) -> [Pattern.Step] {
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "("):
            if take(UInt8(ascii: "?")) {
                guard take(UInt8(ascii: ":")) else { throw failure("unknown group") }
            }
            let inner = try alternatives()
            guard take(UInt8(ascii: ")")) else { throw failure("a group is not closed") }
            return inner
        case UInt8(ascii: "."): return [.byte(ByteSet(10...10).inverted)]
        case UInt8(ascii: "^"): return [.start]
        case UInt8(ascii: "$"): return [.end]
        case UInt8(ascii: "["): return [.byte(try byteClass())]
        case UInt8(ascii: "\\"): return [.byte(try escape())]
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): throw failure("nothing to repeat")
        default: return [.byte(ByteSet(byte...byte))]
        }
    }

    private mutating func byteClass() throws(Refusal) -> ByteSet {
        let isInverted = take(UInt8(ascii: "^"))
        var set = ByteSet()
        var isFirst = true
        while index < bytes.count, isFirst || bytes[index] != UInt8(ascii: "]") {
            isFirst = false
            let first = bytes[index]
            index += 1
            if first == UInt8(ascii: "\\") {
                set.formUnion(try escape())
            } else if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "-"),
                bytes[index + 1] != UInt8(ascii: "]")
            {
                guard first <= bytes[index + 1] else { throw failure("bad range") }
                set.insert(first...bytes[index + 1])
                index += 2
            } else {
                set.insert(first...first)
            }
        }
        guard take(UInt8(ascii: "]")) else { throw failure("a class is not closed") }
        return isInverted ? set.inverted : set
    }

    private mutating func escape() throws(Refusal) -> ByteSet {
        guard index < bytes.count else { throw failure("nothing behind \\") }
        let byte = bytes[index]
        index += 1
        let digits = ByteSet(48...57)
        let words = ByteSet(48...57, 65...90, 95...95, 97...122)
        let spaces = ByteSet(9...10, 12...13, 32...32)
        switch byte {
        case UInt8(ascii: "d"): return digits
        case UInt8(ascii: "D"): return digits.inverted
        case UInt8(ascii: "w"): return words
        case UInt8(ascii: "W"): return words.inverted
        case UInt8(ascii: "s"): return spaces
        case UInt8(ascii: "S"): return spaces.inverted
        case UInt8(ascii: "n"): return ByteSet(10...10)
        case UInt8(ascii: "t"): return ByteSet(9...9)
        default:
            guard !words.contains(byte) else { throw failure("unknown escape") }
            return ByteSet(byte...byte)
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private static func moved(_ steps: [Pattern.Step], by offset: Int) -> [Pattern.Step] {
        steps.map { step in
            switch step {
            case .jump(let target): .jump(target + offset)
            case .split(let one, let other): .split(one + offset, other + offset)
            default: step
            }
        }
    }

    private func limit(_ steps: [Pattern.Step]) throws(Refusal) {
        guard steps.count <= Self.stepLimit else { throw failure("too large a pattern") }
    }

    private func failure(_ text: String) -> Refusal {
        Refusal(.failed, "error parsing regexp: \(text) at \(index)")
    }
}
