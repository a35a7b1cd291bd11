import HTTP
import Reactor
import Testing

@testable import Telemetry

@Suite("access log") struct AccessLogTests {
    let sink = InMemoryLogSink()

    func record() -> AccessRecord {
        AccessRecord(
            .get,
            route: "/notes/{id}",
            status: 200,
            nanoseconds: 12_345_678,
            byteCounts: (3, 40),
            span: .example,
            requestID: .of("r1")
        )
    }

    func output(_ style: LogStyle = .json, _ levels: LogLevels = LogLevels()) -> LogOutput {
        LogOutput(
            service: "s",
            instance: "i",
            style: style,
            levels: levels,
            sink: sink,
            now: { LoggerTests.time }
        )
    }

    @Test("one request is one line with the fields of defaults.md")
    func line() throws {
        var record = record()
        record.client = .ipv4(0xc000_0201, port: 1234)
        record.userAgent = Array("curl/8 \"x\"".utf8)[...]
        record.subject = "anna"
        record.upstream = "notes-a-1"
        (record.attempts, record.overheadMicroseconds) = (2, 150)
        output().access(record)
        #expect(
            sink.lines == [
                """
                {"ts":"2026-11-21T12:00:00.123456Z","level":"info","service":"s","instance":"i","msg":"request",\
                "trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","request_id":"r1",\
                "method":"GET","route":"/notes/{id}","status":200,"duration_ms":12.345,"bytes_in":3,"bytes_out":40,\
                "client":"192.0.2.1","user_agent":"curl/8 \\"x\\"","subject":"anna","upstream":"notes-a-1",\
                "attempts":2,"overhead_us":150}
                """
            ]
        )
    }

    @Test("what is not there is left out; a user agent is escaped, repaired and redacted")
    func bare() throws {
        var record = AccessRecord(.get, route: "", status: 404, nanoseconds: 999)
        record.client = .ipv6(1, port: 1, zone: 0)
        record.userAgent = [0xff, 0x22, 0x41][...]
        output().access(record)
        record.userAgent = Array("Bearer abcdefgh1".utf8)[...]
        output().access(record)
        let read = try sink.lines.map { try object($0) }
        #expect(read[0]["user_agent"] as? String == "\u{fffd}\"A" && read[0]["client"] as? String == "::1")
        #expect(read[1]["user_agent"] as? String == "Bearer ***")
        #expect(
            read[0]["duration_ms"] as? Double == 0 && read[0]["trace_id"] == nil && read[0]["route"] == nil
        )
    }

    @Test("it is off above info of its module, and has a form for a person")
    func levels() throws {
        let levels = LogLevels()
        levels.set(.warning, for: AccessRecord.module)
        output(.json, levels).access(record())
        #expect(sink.lines.isEmpty)
        output(.human(colored: false)).access(record())
        #expect(sink.lines[0].contains("access GET /notes/{id} 200 duration_ms=12.345"))
    }

    @Test(
        "dates are right from 1970 to 9999, with leap years",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (1_795_262_400, "2026-11-21T12:00:00.000000Z"), (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
        ]
    )
    func dates(seconds: Int64, expected: String) {
        var bytes: [UInt8] = []
        DecimalText.append(date: seconds * 1_000_000_000, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
