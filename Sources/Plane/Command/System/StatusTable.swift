import JSON
import Supervisor

/// How a system stands, as text and as JSON.
enum StatusTable {
    /// A table of processes, and what it costs.
    static func lines(_ state: SystemState) -> [String] {
        let rows = state.processes.map { process in
            [
                process.name, process.status, "\(process.port)", process.pid.map { "\($0)" } ?? "-",
                process.restarts == 0 ? "" : "\(process.restarts)", megabytes(process.memoryBytes),
                process.uptimeSeconds.map(age) ?? "-", process.detail,
            ]
        }
        let heads = ["NAME", "STATUS", "PORT", "PID", "RESTARTS", "MEMORY", "AGE", ""]
        let total =
            "\(state.title) is \(state.phase); memory (PSS) \(megabytes(state.memoryBytes)), the supervisor's included"
        return aligned([heads] + rows) + ["", total]
    }

    /// Where to look.
    static func addresses(_ state: SystemState) -> [String] {
        aligned(state.addresses.map { [$0.name, $0.url] }).map { "  " + $0 }
    }

    static func json(_ state: SystemState) throws -> [String] {
        [String(decoding: try JSONText.encode(state, JSONEncodingOptions(isPretty: true)), as: UTF8.self)]
    }

    /// Columns as wide as they have to be.
    static func aligned(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func megabytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10 + (1 << 19)) >> 20
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    private static func age(_ seconds: Double) -> String {
        let whole = Int(seconds)
        return whole < 120 ? "\(whole) s" : whole < 7200 ? "\(whole / 60) min" : "\(whole / 3600) h"
    }
}
