/// One line of nginx's log, as far as it is measured.
///
/// The line's form and its reading stand here together: what is measured comes first, in one order, so that reading a line
/// takes no JSON parser.
struct AccessLine: Sendable, Equatable {
    /// The answer's status; 0 where none was sent.
    var status = 0
    /// The method as the client wrote it; empty where there was none.
    var method = ""
    /// The zone; empty where nothing has one.
    var zone = ""
    /// From the first byte of the request to the last of the answer, in seconds.
    var duration = 0.0
    /// How long gateways took, all attempts together, in seconds; nil where none was asked.
    var upstreamDuration: Double?
    /// Whether the last gateway that was asked sent the head of an answer.
    var isAnsweredUpstream = false
    /// Whether a rate was exceeded.
    var isRateLimited = false
    /// Whether the client had too many connections.
    var isConnectionLimited = false

    private static let measured = [
        ("status", "$front_status", false), ("method", "$front_method", true), ("zone", "$front_zone", true),
        ("duration", "$request_time", false), ("upstream_duration", "$upstream_response_time", true),
        ("upstream_head", "$upstream_header_time", true), ("limit", "$limit_req_status", true),
        ("connection_limit", "$limit_conn_status", true),
    ]

    private static let told = [
        ("ts", "$msec", false), ("trace_id", "$front_trace", true), ("span_id", "$front_parent", true),
        ("request_id", "$front_request_id", true), ("scheme", "$scheme", true), ("host", "$host", true),
        ("path", "$front_path", true), ("protocol", "$server_protocol", true),
        ("bytes_in", "$request_length", false),
        ("bytes_out", "$bytes_sent", false), ("upstream", "$upstream_addr", true),
        ("upstream_status", "$upstream_status", true), ("tls", "$ssl_protocol", true),
        ("client", "$remote_addr", true),
        ("user_agent", "$http_user_agent", true),
    ]

    /// What `log_format` takes between single quotes, with `escape=json`.
    static let format =
        "{"
        + (measured + told).map { "\"\($0.0)\":\($0.2 ? "\"\($0.1)\"" : $0.1)" }.joined(separator: ",") + "}"

    /// What stands before each measured value, as bytes.
    private static let starts = measured.enumerated().map { index, field in
        Array(
            "\(index == 0 ? "{" : index > 0 && measured[index - 1].2 ? "\"," : ",")\"\(field.0)\":\(field.2 ? "\"" : "")"
                .utf8
        )
    }

    /// The longest value that is measured, in bytes.
    private static let valueLimit = 512

    /// Reads a line without its line feed; nil for one that nginx did not write so.
    init?(_ line: ArraySlice<UInt8>) {
        guard line.last == UInt8(ascii: "}") else { return nil }
        var rest = line
        var values: [String] = []
        for (index, start) in Self.starts.enumerated() {
            guard rest.starts(with: start) else { return nil }
            rest = rest.dropFirst(start.count)
            let end = Self.measured[index].2 ? UInt8(ascii: "\"") : UInt8(ascii: ",")
            // `escape=json` leaves no quote inside a value but behind a backslash, which no measured value has.
            guard let stop = rest.prefix(Self.valueLimit).firstIndex(of: end) else { return nil }
            values.append(String(decoding: rest[..<stop], as: UTF8.self))
            rest = rest[stop...]
        }
        guard let status = Int(values[0]), (0...999).contains(status), let duration = Double(values[3]),
            duration >= 0, duration < .infinity
        else { return nil }
        (self.status, method, zone, self.duration) = (status, values[1], values[2], duration)
        upstreamDuration = Self.sum(values[4])
        isAnsweredUpstream = Self.parts(values[5]).last.map { Double($0) != nil } ?? false
        isRateLimited = values[6] == "REJECTED"
        isConnectionLimited = values[7] == "REJECTED"
    }

    /// Times of several attempts, `0.004, 0.010 : -`; nil where there is none.
    private static func sum(_ text: String) -> Double? {
        let times = parts(text).compactMap { Double($0) }.filter { $0 >= 0 && $0 < .infinity }
        return times.isEmpty ? nil : times.reduce(0, +)
    }

    private static func parts(_ text: String) -> [Substring] { text.split { ", :".contains($0) } }

    /// Why the front itself refused the request; nil when it did not.
    var refusal: Refusal? {
        if isConnectionLimited { return .connectionLimited }
        if isRateLimited { return .rateLimited }
        guard !isAnsweredUpstream else { return nil }
        if upstreamDuration != nil, status == 502 || status == 504 { return .upstreamUnreachable }
        return status == 503 && !zone.isEmpty ? .noGateway : nil
    }

    /// Why a request was refused: the label of a counter.
    enum Refusal: String, Sendable, CaseIterable {
        case rateLimited = "rate_limited"
        case connectionLimited = "connection_limited"
        case upstreamUnreachable = "upstream_unreachable"
        case noGateway = "no_gateway"
    }
}
