import TestSupport

/// Parsers of others, asked what they make of an exposition.
enum MetricPeer {
    /// `promtool check metrics`: it ends well and in silence when it finds nothing to say.
    static func lint(_ exposition: [UInt8]) async throws -> Program.Result {
        try await Program.run("promtool", ["check", "metrics"], input: exposition)
    }

    /// What `prometheus_client` understands, a line for each sample.
    static func parse(_ exposition: [UInt8], as format: String) async throws -> Program.Result {
        try await Program.run(
            Program.python ?? "python3",
            [Program.script("openmetrics_verdict.py"), format],
            input: exposition
        )
    }

    /// What gzip(1) makes of compressed bytes.
    static func decompress(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await Program.succeed("gzip", ["-dc"], input: bytes)
    }
}
