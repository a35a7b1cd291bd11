/// Numbers with units, read and written by one table: `1m30s`, `10MiB`.
struct UnitTable: Sendable {
    struct Unit: Sendable {
        let name: String
        let size: Int64
    }

    /// The units, the largest first.
    let units: [Unit]

    init(_ units: [(String, Int64)]) { self.units = units.map { Unit(name: $0.0, size: $0.1) } }

    /// Reads numbers with units, each smaller than the one before; nil where the grammar or 64 bits end.
    func parse(_ text: String) -> Int64? {
        var rest = text[...]
        var left = units[...]
        var sum: Int64 = 0
        repeat {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !("0"..."9").contains($0) }
            rest = rest.dropFirst(name.count)
            guard let number = Int64(digits), let index = left.firstIndex(where: { $0.name == name }) else {
                return nil
            }
            let (product, overflow) = number.multipliedReportingOverflow(by: left[index].size)
            let (total, overflowed) = sum.addingReportingOverflow(product)
            guard !overflow, !overflowed else { return nil }
            sum = total
            left = left[(index + 1)...]
        } while !rest.isEmpty
        return sum
    }

    /// Writes an amount, not negative, in as few units as it needs.
    func show(_ amount: Int64) -> String {
        var left = amount
        var text = ""
        for unit in units where left >= unit.size {
            text += "\(left / unit.size)\(unit.name)"
            left %= unit.size
        }
        return text
    }
}

/// Times as text.
package enum DurationText {
    private static let table = UnitTable([
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ])

    package static func parse(_ text: String) -> Duration? { table.parse(text).map { .nanoseconds($0) } }

    package static func show(_ duration: Duration) -> String {
        let nanoseconds = Int64(clamping: duration.components.seconds).multipliedReportingOverflow(
            by: 1_000_000_000
        )
        let fraction = duration.components.attoseconds / 1_000_000_000
        let amount = nanoseconds.overflow ? Int64.max : nanoseconds.partialValue + fraction
        return amount <= 0 ? "0s" : table.show(amount)
    }
}

/// Numbers of bytes as text.
package enum ByteCountText {
    private static let units: [(String, Int64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]
    private static let table = UnitTable(units)

    package static func parse(_ text: String) -> Int? {
        let isBare = text.utf8.allSatisfy { (48...57).contains($0) }
        return table.parse(isBare ? text + "B" : text).map { Int($0) }
    }

    package static func show(_ count: Int) -> String {
        let unit = units.first { count >= $0.1 && Int64(count) % $0.1 == 0 } ?? ("B", 1)
        return "\(Int64(count) / unit.1)\(unit.0)"
    }
}
