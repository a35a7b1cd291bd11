/// Tells by its name whether a field holds a secret: `db.password`, `X-Auth-Token`, `cardNumber`, `api_key`.
enum SecretKey {
    /// Words that make a name secret.
    private static let words: [StaticString] = [
        "authorization", "bearer", "card", "cookie", "cookies", "credential", "credentials", "cvc", "cvv",
        "iban",
        "jwt", "pan", "passphrase", "pin", "pwd", "secrets", "ssn",
    ]
    /// Ends of words that do so, too: `accesstoken`.
    private static let endings: [StaticString] = [
        "accesskey", "apikey", "passwd", "password", "privatekey", "secret", "signingkey", "token",
    ]
    /// Words behind which `key` does so.
    private static let keyOwners: [StaticString] = ["access", "api", "encryption", "private", "signing"]

    /// Whether a value under this name is not to be written.
    static func isSecret(_ name: Span<UInt8>) -> Bool {
        var previous = 0..<0
        var start = 0
        for index in 0...name.count {
            let isEnd = index == name.count || !isLetter(name[index])
            let isHump = !isEnd && index > start && isUpper(name[index]) && !isUpper(name[index - 1])
            guard isEnd || isHump else { continue }
            let word = start..<index
            if isSecret(name, word, after: previous) { return true }
            if !word.isEmpty { previous = word }
            start = isEnd ? index + 1 : index
        }
        return false
    }

    private static func isSecret(_ name: Span<UInt8>, _ word: Range<Int>, after previous: Range<Int>) -> Bool
    {
        guard word.count >= 3 else { return false }
        return words.contains { $0.utf8CodeUnitCount == word.count && ends(name, word, $0) }
            || endings.contains { ends(name, word, $0) }
            || word.count == 3 && ends(name, word, "key")
                && keyOwners.contains { $0.utf8CodeUnitCount == previous.count && ends(name, previous, $0) }
    }

    /// Whether the word ends with `text`, given in lower case, in any case.
    private static func ends(_ name: Span<UInt8>, _ word: Range<Int>, _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard count <= word.count else { return false }
        for offset in 1...count {
            // A literal's bytes live as long as the program, and the offset is at most its count.
            let expected = unsafe text.utf8Start[count - offset]
            guard name[word.upperBound - offset] | 0x20 == expected else { return false }
        }
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    private static func isUpper(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
