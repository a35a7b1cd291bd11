import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite("dates (RFC 3339)") struct TimestampTests {
    /// RFC 3339 §5.8 first.
    static let accepted: [(String, String)] = [
        ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z"),
        ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"),
        ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z"),
        ("2024-02-29t00:00:00z", "2024-02-29T00:00:00Z"),
        ("2000-02-29T12:00:00-00:00", "2000-02-29T12:00:00Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("2026-11-21T12:36:40.000001Z", "2026-11-21T12:36:40.000001Z"),
        ("2026-11-21T12:36:40.250000000000000000000Z", "2026-11-21T12:36:40.250Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
    ]

    @Test("are read with any offset and written in UTC", arguments: accepted)
    func reads(text: String, utc: String) throws {
        let date = try JSONText.decode(Date.self, from: Array("\"\(text)\"".utf8))
        #expect(try Verdict.text(date) == "\"\(utc)\"")
    }

    @Test(
        "are refused when malformed or impossible",
        arguments: [
            "", "2026-11-21", "2026-11-21T12:36:40", "2026-11-21 12:36:40Z", "2026-11-21T12:36Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T12:60:00Z", "2026-11-21T12:00:61Z", "2026-11-21T12:36:40.Z",
            "2026-11-21T12:36:40+24:00",
            "2026-11-21T12:36:40+01:60", "2026-11-21T12:36:40+0100", "2026-11-21T12:36:40ZZ",
            "+2026-11-21T12:36:40Z",
            "2026-11-21T12:36:40.5", "2026-11-21T12:36:4 Z", "26-11-21T12:36:40.000Z", "2026/11/21T12:36:40Z",
            "2026-11-21T12-36-40Z", "2026-11-00T12:36:40Z", "2026-11-21T12:36:40é", "1795264600",
        ]
    )
    func refuses(text: String) {
        #expect(
            #expect(throws: JSONError.self) { try JSONText.decode(Date.self, from: JSONText.encode(text)) }?
                .reason == .invalidFormat
        )
    }

    @Test(
        "agree with Foundation's from 1590 to 9987",
        arguments: [1, 2] as [UInt64]
    )
    func foundation(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<2_000 {
            // Foundation's calendar is Julian before 1583; RFC 3339's never is.
            let date = Date(timeIntervalSince1970: Double(random.below(265_000_000_000) - 12_000_000_000))
            let text = try Verdict.text(date)
            #expect(text == "\"\(date.formatted(.iso8601))\"", "seed \(seed)")
            #expect(try JSONText.decode(Date.self, from: Array(text.utf8)) == date, "seed \(seed)")
        }
    }
}
