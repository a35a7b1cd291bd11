import HTTP
import HTTPWire
import Testing
import VigieTesting

@Suite("hostile input at the gateway: refusals", .timeLimit(.minutes(2))) struct HostileRefusalTests {
    /// The rows of one kind.
    struct Table: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cases: [HostileCase]
    }

    static let tables = [
        Table(testDescription: "line ends (H1)", cases: HostileCase.lineEnds),
        Table(testDescription: "white space and bytes in fields (H2, H3)", cases: HostileCase.fieldSyntax),
        Table(testDescription: "names with _ (H3)", cases: underscores),
        Table(testDescription: "lengths and encodings (H4, H5, H6)", cases: HostileCase.framing),
        Table(testDescription: "chunks and trailers (H7, H8)", cases: HostileCase.chunkSyntax),
        Table(testDescription: "authorities (H9)", cases: HostileCase.hosts),
        Table(
            testDescription: "request lines (H10, H11, H12, H13, H14, H21)",
            cases: HostileCase.startLines
        ),
        Table(
            testDescription: "sizes, expectations and upgrades (H15, H17, H18, H19)",
            cases: HostileCase.sizesAndOffers
        ),
    ]

    private static let underscores = [
        "X_Y: z", "X_Auth_Subject: root", "X-Auth_Roles: admin", "Content_Length: 5", "_: x",
        "Transfer_Encoding: chunked",
    ].map { HostileCase.fields("H3", $0, .fieldNameInvalid) }

    @Test(
        "a refused request is told so, counted, logged, and reaches no upstream, nor does what stands behind it",
        arguments: tables
    )
    func refused(_ table: Table) async throws {
        try await SecurityStage.recording { gateway, upstream in
            for hostile in table.cases {
                let client = try await RawClient.connect(to: gateway.address)
                try await client.send(hostile.bytes + Array("GET /behind HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
                let answer = try await client.lastResponse()
                #expect(answer.status == hostile.status, "\(hostile)")
                #expect(answer.reason == hostile.reason.rawValue, "\(hostile): \(answer.text)")
                #expect(answer.closes, "\(hostile)")
            }
            // A content is passed on as it comes: a part of it may have gone up, but no end.
            let record = upstream.record
            #expect(record.targets.isEmpty)
            #expect(record.cut.allSatisfy { $0 == "/hostile" })
            for (reason, cases) in Dictionary(grouping: table.cases, by: \.reason) {
                let counted = gateway.metric("http_server_refusals_total", ["reason": reason.rawValue])
                #expect(counted == Double(cases.count), "\(reason)")
            }
            // Not of each, where they are many: a log has a bound for lines that repeat.
            let first = try #require(table.cases.first)
            #expect(!gateway.logLines("message refused", first.reason.rawValue, "\"offset\":").isEmpty)
            let good = try await gateway.get("/good")
            #expect(good.status == 200 && upstream.record.targets == ["/good"])
        }
    }
}
