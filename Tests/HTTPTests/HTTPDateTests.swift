import Testing

@testable import HTTP

@Suite("dates (RFC 9110 §5.6.7)") struct HTTPDateTests {
    @Test("the RFC's own example is written")
    func writes() { #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT") }

    @Test(
        "all three forms are read",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ]
    )
    func reads(text: String) { #expect(HTTPDate.parse(text) == 784_111_777) }

    @Test(
        "anything else is refused",
        arguments: [
            "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT",
        ]
    )
    func refuses(text: String) { #expect(HTTPDate.parse(text) == nil) }

    @Test(
        "what is written is read back",
        arguments: [0, 951_782_400, 1_709_164_800, 4_102_444_799, 253_402_300_799] as [Int64]
    )
    func roundTrips(seconds: Int64) { #expect(HTTPDate.parse(HTTPDate.format(seconds)) == seconds) }
}
