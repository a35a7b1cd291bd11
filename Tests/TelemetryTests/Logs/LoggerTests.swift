import Foundation
import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("logs") struct LoggerTests {
    let sink = InMemoryLogSink()
    /// 2026-11-21T12:00:00.123456Z.
    static let time: Int64 = 1_795_262_400_123_456_789

    func output(
        _ style: LogStyle = .json,
        levels: LogLevels = LogLevels(.trace),
        perSecond: Int = 1000
    ) -> LogOutput {
        LogOutput(
            service: "notes",
            instance: "notes-a-1",
            style: style,
            levels: levels,
            repeatsPerSecond: perSecond,
            sink: sink,
            now: { Self.time }
        )
    }

    @Test("a line is a JSON object with the keys of defaults.md, in their order")
    func line() throws {
        let span = Tracer.disabled.start("x", remoteParent: .example)
        let id = try #require(RequestID.of("0af7651916cd43dd8448eb211c80319c"))
        let context = Context().with {
            $0.span = span
            $0.requestID = id
        }
        Context.with(context) {
            Logger("http", to: output()).with(["pool": 1]).warning(
                "slow",
                [.dbSystemName: "postgresql", "ok": true]
            )
        }
        let line = try #require(sink.lines.first)
        #expect(
            line == """
                {"ts":"2026-11-21T12:00:00.123456Z","level":"warning","service":"notes","instance":"notes-a-1",\
                "msg":"slow","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"\(span.context.spanID)",\
                "request_id":"0af7651916cd43dd8448eb211c80319c","module":"http","pool":1,\
                "db.system.name":"postgresql","ok":true}
                """
        )
    }

    @Test("every value is what Foundation's JSON reads", arguments: [UInt64(21), 22])
    func values(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let logger = Logger("m", to: output())
        for _ in 0..<300 {
            let text = String(decoding: random.bytes(upTo: 60, of: "ab\"\\/\u{1}\n\u{7f}é😀"), as: UTF8.self)
            logger.info(
                "v",
                ["text": .string(text), "list": .strings([text, ""]), "n": .int(random.below(1 << 40))]
            )
        }
        for line in sink.lines {
            let read = try object(line)
            #expect(read["msg"] as? String == "v" && read["text"] is String, "seed \(seed)")
            #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7f }, "seed \(seed)")
        }
        logger.info("numbers", ["d": 1.5, "nan": .double(.nan), "i": .ints([1, -2]), "b": .bools([true])])
        let read = try object(try #require(sink.lines.last))
        #expect(
            read["d"] as? Double == 1.5 && read["nan"] as? String == "NaN" && read["i"] as? [Int] == [1, -2]
        )
    }

    @Test("a level changes at run time, for all modules or one, and what is below costs nothing")
    func levels() {
        let levels = LogLevels()
        let output = output(levels: levels)
        let (http, sql) = (Logger("http", to: output), Logger("sql", to: output))
        var made = 0
        func message() -> String {
            made += 1
            return "m"
        }
        http.debug(message())
        #expect(made == 0)
        levels.set(.debug, for: "http")
        http.debug(message())
        sql.debug(message())
        #expect(made == 1)
        levels.set(.trace, for: nil)
        sql.trace(message())
        http.trace(message())
        #expect(made == 2 && levels.modules == ["http": .debug])
        levels.reset("http")
        http.trace(message())
        #expect(made == 3 && sink.lines.count == 3)
        #expect(http.module("sql").isEnabled(.trace))
    }

    @Test("levels come from VIGIE_LOG_LEVEL; a bad part is named and the rest counts")
    func levelSettings() {
        var problems: [String] = []
        let levels = LogLevels(
            environment: ["VIGIE_LOG_LEVEL": "warning,http=DEBUG,sql=loud,=x"],
            problems: &problems
        )
        #expect(levels.level(of: nil) == .warning && levels.level(of: "http") == .debug)
        #expect(levels.level(of: "sql") == .warning && problems.count == 2)
        #expect(problems[0].contains("sql=loud"))
    }

    @Test("modules with levels of their own are bounded")
    func moduleLimit() {
        let levels = LogLevels()
        for index in 0..<LogLevels.moduleLimit { #expect(levels.set(.debug, for: "m\(index)")) }
        #expect(!levels.set(.debug, for: "one more"))
        #expect(levels.set(.trace, for: "m0"))
    }

    @Test("a person's line has no control characters of a text, and colours only where asked for")
    func human() {
        Logger("http", to: output(.human(colored: false))).info(
            "hello\u{1b}[2J\nforged",
            ["a": "b\rc", "n": 2]
        )
        #expect(sink.lines == ["12:00:00.123 INFO     http hello [2J forged a=b c n=2"])
        Logger("http", to: output(.human(colored: true))).error("x")
        #expect(sink.lines[1].contains("\u{1b}[31mERROR"))
    }

    @Test("the style suits the descriptor: a pipe is no terminal")
    func style() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(LogStyle.suited(to: ends[1], environment: [:]) == .json)
    }

    @Test("a text is cut at its limit where a character begins")
    func cut() throws {
        Logger("m", to: output()).info("x", ["long": .string("a" + String(repeating: "é", count: 10_000))])
        let long = try object(try #require(sink.lines.first))["long"] as? String
        #expect(long == "a" + String(repeating: "é", count: 8191))
    }

    @Test("the same message more than so often a second is counted and summed up in one line")
    func repeats() throws {
        let output = output(perSecond: 3)
        let logger = Logger("m", to: output)
        for index in 0..<10 { logger.info("same", ["i": .int(index)]) }
        logger.info("other")
        Logger("n", to: output).info("same")
        #expect(sink.lines.count == 5)
        output.flush()
        let summary = try object(try #require(sink.lines.last))
        #expect(summary["repeated"] as? Int == 7 && summary["msg"] as? String == "same")
    }

    @Test("lines that were dropped are told once there is room")
    func dropped() {
        let small = InMemoryLogSink(limit: 2)
        for _ in 0..<5 { small.write { $0.append(65) } }
        #expect(small.takeDropped() == 3 && small.takeDropped() == 0 && small.lines.count == 2)
    }
}
