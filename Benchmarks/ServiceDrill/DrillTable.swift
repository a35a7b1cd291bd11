import Reactor

/// A table on standard output, a line at a time, so that a long drill shows where it stands.
struct DrillTable: Sendable {
    private let widths: [Int]

    /// Prints the heads; a column is as wide as its head.
    init(_ heads: String...) {
        widths = heads.map(\.count)
        row(heads)
        StandardStream.output.write(
            line: "|" + widths.map { String(repeating: "-", count: $0 + 1) + ":|" }.joined()
        )
    }

    /// Prints a line.
    func row(_ cells: String...) { row(cells) }

    private func row(_ cells: [String]) {
        let padded = zip(cells, widths).map { cell, width in
            String(repeating: " ", count: max(0, width - cell.count)) + cell
        }
        StandardStream.output.write(line: "| " + padded.joined(separator: " | ") + " |")
    }

    /// With one digit behind the point.
    static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    /// In seconds.
    static func text(_ time: Duration) -> String { text(Double(time.nanoseconds) / 1e9) }
}
