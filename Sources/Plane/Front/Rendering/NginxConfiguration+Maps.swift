/// What is made of each request's fields before anything else looks at them.
extension NginxConfiguration {
    /// A traceparent that keeps the rules (W3C Trace Context §3.2): no version ff, nothing behind version 00, no id of zeros.
    private static func traceparent(_ trace: String, _ parent: String) -> String {
        let rule = "^(?!ff)(?!00.{53}.)[0-9a-f]{2}-(?!0{32})\(trace)-(?!0{16})\(parent)-[0-9a-f]{2}(?:-.*)?$"
        return "\"~\(rule)\""
    }

    var maps: [String] { request + identity + trace + client + answerFields }

    /// What the log tells: internal redirects change nginx's own variables of these.
    private var request: [String] {
        Self.map("$request", "$front_method", ["default \"\"", "\"~^(?<front_m>[A-Z]+) \" $front_m"])
            + Self.map("$request_uri", "$front_path", ["default \"\"", "\"~^(?<front_p>[^?]*)\" $front_p"])
            // nginx writes 000 where nothing was answered, which is no number of JSON.
            + Self.map(
                "$status",
                "$front_status",
                ["default 0", "\"~^0*(?<front_st>[1-9][0-9]*)$\" $front_st"]
            )
    }

    private var identity: [String] {
        let id = "\"~^[0-9A-Za-z._-]{1,128}$\" $http_x_request_id"
        return Self.map("$http_x_request_id", "$front_request_id", ["default $request_id", id])
    }

    /// A client's trace is gone on with; whether it is recorded is decided here alone.
    private var trace: [String] {
        let (digits, half) = ("[0-9a-f]{32}", "[0-9a-f]{16}")
        let traceID = Self.traceparent("(?<front_t>\(digits))", half)
        let parentID = Self.traceparent(digits, "(?<front_pa>\(half))")
        let any = Self.traceparent(digits, half)
        var lines =
            Self.map(
                "$request_id",
                "$front_span",
                ["default 0000000000000001", "\"~^(?<front_s>\(half))\" $front_s"]
            )
            + Self.map("$http_traceparent", "$front_trace", ["default $request_id", "\(traceID) $front_t"])
            + Self.map(
                "$http_traceparent",
                "$front_parent",
                ["default $front_span", "\(parentID) $front_pa"]
            )
            + Self.map("$http_traceparent", "$front_tracestate", ["default \"\"", "\(any) $http_tracestate"])
        if 0 < sampled, sampled < 1 {
            let share = max(1, Int((sampled * 10_000).rounded()))
            let percent = "\(share / 100).\(share % 100 < 10 ? "0" : "")\(share % 100)"
            lines += NginxText.block(
                "split_clients \"$front_trace\" $front_flags",
                ["\(percent)% 01;", "* 00;"]
            )
        } else {
            lines += Self.map("$request_id", "$front_flags", ["default \(sampled > 0 ? "01" : "00")"])
        }
        return lines
    }

    private var client: [String] {
        // A client has a whole /64 of IPv6 for itself.
        let networks = [
            "\"~^(?<front_n4>(?:[0-9a-f]{1,4}:){4})\" $front_n4",
            "\"~^(?<front_n3>(?:[0-9a-f]{0,4}:){1,3}:)\" $front_n3",
        ]
        return Self.map("$remote_addr", "$front_client", ["default $remote_addr"] + networks)
            + Self.map(
                "$http_host",
                "$front_port",
                ["default \"\"", "\"~:(?<front_po>[0-9]{1,5})$\" \":$front_po\""]
            )
            + Self.map("$http_upgrade", "$front_connection", ["default \"\"", "~*^websocket$ upgrade"])
            + Self.map("$http_upgrade", "$front_upgrade", ["default \"\"", "~*^websocket$ websocket"])
    }

    /// Fields of answers: what a gateway said stays.
    private var answerFields: [String] {
        // On this machine a browser would no more find what speaks plain HTTP on other ports.
        Self.map(
            "\"$scheme:$host\"",
            "$front_hsts",
            ["default \"\"", "https:localhost max-age=0", "\"~^https:\" max-age=31536000"]
        )
            + Self.unlessSaid("strict_transport_security", "$front_hsts")
            + Self.unlessSaid("x_content_type_options", "nosniff")
            + Self.unlessSaid("referrer_policy", "strict-origin-when-cross-origin")
            + Self.unlessSaid("x_request_id", "$front_request_id")
            + Self.unlessSaid("traceresponse", "\"00-$front_trace-$front_parent-$front_flags\"")
            + Self.map("$front_zone", "$front_csp", ["default \"\"", "static \"\(Self.contentPolicy)\""])
            + Self.map(Self.refusal, "$front_retry_after", ["default \"\""] + waits)
            + Self.map(Self.refusal, "$front_policy", ["default \"\""] + policies)
    }

    private static let contentPolicy =
        "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

    /// Tells a refusal of our own from a gateway's answer: that has an upstream's status.
    private static let refusal = "\"$status:$upstream_status:$limit_conn_status:$front_zone\""

    private var waits: [String] {
        ["\"~^503::\" 1", "\"~^429::REJECTED:\" 1"]
            + document.zones.map { "\"~^429::[A-Z]*:\($0.name)$\" \($0.rate.secondsForOne)" }
    }

    private var policies: [String] {
        let connections = "'\"connections\";q=\(document.connections);qu=\"concurrent-requests\"'"
        return ["\"~^429::REJECTED:\" \(connections)"]
            + document.zones.map {
                "\"~^429::[A-Z]*:\($0.name)$\" '\"\($0.name)\";q=\($0.rate.requests);w=\($0.rate.period.rawValue)'"
            }
    }

    private static func unlessSaid(_ field: String, _ value: String) -> [String] {
        map("$upstream_http_\(field)", "$front_out_\(field)", ["default \"\"", "\"\" \(value)"])
    }

    private static func map(_ source: String, _ result: String, _ lines: [String]) -> [String] {
        NginxText.block("map \(source) \(result)", lines.map { "\($0);" })
    }
}
