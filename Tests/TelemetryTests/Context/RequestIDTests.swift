import HTTP
import Testing

@testable import Telemetry

@Suite("request ids") struct RequestIDTests {
    @Test(
        "what a caller sends is taken when it can't forge a line",
        arguments: [
            "0af7651916cd43dd8448eb211c80319c", "0AF7651916CD43DD8448EB211C80319C", "a", "req-1_2.3",
            "018f3c2e-7b1a-7cc1-9d3e-0123456789ab", String(repeating: "x", count: 128),
        ]
    )
    func takes(text: String) {
        #expect(RequestID.of(text)?.description == text)
        #expect(RequestID(from: ["x-request-id": text]).description == text)
    }

    @Test(
        "another one is made in the place of one that can't be taken",
        arguments: ["", "a b", "a\"b", "é", "a\r\nb", "a/b", String(repeating: "x", count: 129)]
    )
    func refuses(text: String) {
        #expect(RequestID.of(text) == nil)
        let made = RequestID(from: ["x-request-id": text]).description
        #expect(made.count == 36 && made != text)
    }

    /// RFC 9562, appendix A.6: the example's time in milliseconds.
    @Test("a new one is a UUID of version 7 that begins with the time")
    func version7() {
        let ids = (0..<1000).map { _ in RequestID.random(milliseconds: 0x017F_22E2_79B0).description }
        #expect(Set(ids).count == 1000)
        for id in ids {
            #expect(id.hasPrefix("017f22e2-79b0-7"))
            let parts = id.split(separator: "-")
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect("89ab".contains(parts[3].prefix(1)))
        }
    }
}
