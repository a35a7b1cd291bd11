import Testing

@testable import Front

@Suite("a line of the access log") struct AccessLineTests {
    private static func line(
        _ status: String = "200",
        method: String = "GET",
        zone: String = "api",
        duration: String = "0.010",
        upstream: String = "0.004",
        head: String = "0.004",
        limit: String = "PASSED",
        connections: String = "PASSED"
    ) -> [UInt8] {
        let text =
            "{\"status\":\(status),\"method\":\"\(method)\",\"zone\":\"\(zone)\",\"duration\":\(duration),"
            + "\"upstream_duration\":\"\(upstream)\",\"upstream_head\":\"\(head)\",\"limit\":\"\(limit)\","
            + "\"connection_limit\":\"\(connections)\",\"ts\":1.2,\"path\":\"/\\\"x\"}"
        return Array(text.utf8)
    }

    @Test("the form that nginx is told begins as it is read")
    func form() {
        #expect(
            AccessLine.format.hasPrefix(
                "{\"status\":$front_status,\"method\":\"$front_method\",\"zone\":\"$front_zone\",\"duration\":$request_time,"
            )
        )
        #expect(AccessLine.format.hasSuffix("}"))
        #expect(!AccessLine.format.contains("'"))
        // What a query holds is nobody's business.
        #expect(!AccessLine.format.contains("$request_uri") && !AccessLine.format.contains("$args"))
    }

    @Test("what is measured is read")
    func reads() throws {
        let line = try #require(AccessLine(Self.line()[...]))
        #expect(line.status == 200 && line.method == "GET" && line.zone == "api")
        #expect(line.duration == 0.01 && line.upstreamDuration == 0.004 && line.isAnsweredUpstream)
        #expect(line.refusal == nil)
    }

    @Test("attempts are added up, and the last one tells whether there was an answer")
    func attempts() throws {
        let line = try #require(AccessLine(Self.line("502", upstream: "0.001, 0.002 : -", head: "-, -")[...]))
        #expect(line.upstreamDuration == 0.003 && !line.isAnsweredUpstream)
        #expect(line.refusal == .upstreamUnreachable)
        let second = try #require(AccessLine(Self.line(upstream: "0.001, 0.002", head: "-, 0.002")[...]))
        #expect(second.isAnsweredUpstream && second.refusal == nil)
    }

    @Test("a refusal is the front's own only when no gateway answered")
    func refusals() throws {
        let none = ("", "")
        #expect(
            AccessLine(Self.line("429", upstream: none.0, head: none.1, limit: "REJECTED")[...])?.refusal
                == .rateLimited
        )
        #expect(
            AccessLine(
                Self.line("429", upstream: "", head: "", limit: "PASSED", connections: "REJECTED")[...]
            )?.refusal
                == .connectionLimited
        )
        #expect(AccessLine(Self.line("429")[...])?.refusal == nil)
        #expect(AccessLine(Self.line("502")[...])?.refusal == nil)
        #expect(
            AccessLine(Self.line("503", upstream: "", head: "", limit: "", connections: "")[...])?.refusal
                == .noGateway
        )
        #expect(
            AccessLine(Self.line("504", upstream: "60.000", head: "-")[...])?.refusal == .upstreamUnreachable
        )
    }

    @Test(
        "a line that nginx did not write so is none",
        arguments: [
            "", "{}", "{\"status\":200}", "x", "{\"status\":abc,\"method\":\"GET\"}",
        ]
    )
    func refuses(text: String) {
        #expect(AccessLine(Array(text.utf8)[...]) == nil)
    }

    @Test("a line that was cut anywhere is none")
    func cut() {
        let whole = Self.line()
        for count in 0..<whole.count { #expect(AccessLine(whole[..<count]) == nil) }
    }

    @Test("numbers that are none are refused", arguments: ["-1", "nan", "inf", "1e999", ""])
    func numbers(text: String) {
        #expect(AccessLine(Self.line(duration: text)[...]) == nil)
    }
}
