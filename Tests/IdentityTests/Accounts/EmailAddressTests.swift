import Testing

@testable import Identity

@Suite("e-mail addresses") struct EmailAddressTests {
    static let refused = [
        "", "anna", "@example.com", "anna@", "anna@localhost", "anna@@example.com", "a b@example.com",
        ".anna@example.com", "anna.@example.com", "an..na@example.com", "anna@-example.com",
        "anna@example-.com",
        "anna@example..com", "anna@.com", "anna@127.0.0.1", "anna@[127.0.0.1]", "\"anna\"@example.com",
        "anna@exämple.com", "änna@example.com", "anna@example.com\u{0}", "anna@example.com\nbcc: x@y.zz",
        "anna@example.com,bob@example.com", "<anna@example.com>", "аnna@example.com",
        String(repeating: "a", count: 65) + "@example.com",
        "anna@" + String(repeating: "a", count: 64) + ".com",
        "anna@" + String(repeating: "abcdefgh.", count: 30) + "com",
    ]

    @Test("what nobody's mail comes to is refused", arguments: refused)
    func refuses(text: String) { #expect(EmailAddress(text) == nil) }

    @Test(
        "an address has one spelling",
        arguments: [
            ("anna@example.com", "anna@example.com"), ("  Anna@Example.COM\n", "anna@example.com"),
            ("A.B+c_d'e@sub.example.co.uk", "a.b+c_d'e@sub.example.co.uk"),
            ("x@xn--exmple-cua.com", "x@xn--exmple-cua.com"),
        ]
    )
    func normalises(text: String, to address: String) { #expect(EmailAddress(text)?.text == address) }
}
