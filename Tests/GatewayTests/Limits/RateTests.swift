import Testing

@testable import Gateway

@Suite("G9: rates and policies") struct RateTests {
    @Test(
        "a rate that can't be read is refused",
        arguments: [
            "", "/", "100", "100/", "/s", "100/d", "100/s/s", "-1/s", "+1/s", "1e3/s", "nan/s", "inf/s",
            "0x10/s", "0/s",
            "0.5/h/", " 1/s", "0.01/h", "2000000000/s", "100/S", ".",
        ]
    )
    func refuses(text: String) { #expect(Rate(parsing: text) == nil) }

    @Test(
        "a rate is read, and written as it was",
        arguments: [("100/s", 100.0), ("60/min", 1), ("36/h", 0.01), ("0.5/s", 0.5), ("2.5/min", 2.5 / 60)]
    )
    func reads(text: String, perSecond: Double) throws {
        let rate = try #require(Rate(parsing: text))
        #expect(rate.perSecond == perSecond)
        #expect(rate.description == text)
    }

    @Test(
        "RateLimit-Policy has whole numbers",
        arguments: [
            ("100/s", 100, 1), ("60/min", 60, 60), ("10/h", 10, 3_600), ("0.5/s", 30, 60),
            ("2.5/min", 150, 3_600),
            ("0.5/h", 12, 86_400), ("1.5/s", 90, 60),
        ]
    )
    func quota(text: String, requests: Int, seconds: Int) throws {
        let quota = try #require(Rate(parsing: text)).quota
        #expect(quota == (requests, seconds))
    }

    @Test(
        "a policy needs a name and a burst",
        arguments: ["", "a b", "a\"", "ä", String(repeating: "a", count: 65)]
    )
    func names(name: String) throws {
        let rate = try #require(Rate(1, per: .second))
        #expect(RateLimit(name, rate, by: .client) == nil)
        #expect(RateLimit("a", rate, burst: 0, by: .client) == nil)
        #expect(RateLimit("a", rate, burst: RateLimit.burstLimit + 1, by: .client) == nil)
        #expect(RateLimit("a", rate, by: .client)?.burst == 1)
    }
}
