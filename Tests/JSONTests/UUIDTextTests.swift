import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite("UUIDs as text") struct UUIDTextTests {
    @Test("a UUID is written as Foundation writes it and read in either case, with a random seed")
    func roundTrip() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("UUIDs as text: seed \(seed)")
        var random = SplitMix(seed: seed)
        for _ in 0..<1_000 {
            let words = (random.next(), random.next())
            let id = UUID(uuid: unsafe unsafeBitCast(words, to: uuid_t.self))
            var text = Array("before ".utf8)
            UUIDText.append(id, to: &text)
            let written = String(decoding: text.dropFirst(7), as: UTF8.self)
            #expect(written == id.uuidString.lowercased(), "seed \(seed)")
            #expect(UUIDText.uuid(written) == id, "seed \(seed)")
            #expect(UUIDText.uuid(written.uppercased()) == id, "seed \(seed)")
        }
    }

    /// The last three are good for the `%2hhx` of C, by which Foundation reads them.
    static let refused = [
        "", "6BA7B810-9DAD-11D1-80B4-00C04FD430C", "6BA7B810-9DAD-11D1-80B4-00C04FD430C80",
        "6BA7B810-9DAD-11D1-80B400C04FD430C8-", "6BA7B8109DAD11D180B400C04FD430C8",
        "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}", "6BA7B81G-9DAD-11D1-80B4-00C04FD430C8",
        "6BA7B810_9DAD_11D1_80B4_00C04FD430C8", "6BA7B810-9DAD-11D1-80B4-00C04FD430é",
        "6BA7B810-9DAD-11D1-80B4-00C04FD430C\0", "+BA7B810-9DAD-11D1-80B4-00C04FD430C8",
        "6BA7B810-9DAD-11D1-80B4-00C04FD430+8", " BA7B810-9DAD-11D1-80B4-00C04FD430C8",
    ]

    @Test("what has another form is none", arguments: refused)
    func refuses(text: String) { #expect(UUIDText.uuid(text) == nil) }
}
