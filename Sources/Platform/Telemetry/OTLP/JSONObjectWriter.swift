/// Writes one JSON object member by member.
struct JSONObjectWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// The whole object.
    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    mutating func text(_ key: String, _ text: String) {
        self.key(key)
        JSONText.append(text, to: &bytes)
    }

    mutating func number(_ key: String, _ number: Int) {
        self.key(key)
        DecimalText.append(Int64(number), to: &bytes)
    }

    mutating func number(_ key: String, _ number: Double) {
        self.key(key)
        JSONText.append(number, to: &bytes)
    }

    mutating func bool(_ key: String, _ value: Bool) {
        self.key(key)
        JSONText.append(value, to: &bytes)
    }

    mutating func object(_ key: String, _ body: (inout JSONObjectWriter) -> Void) {
        self.key(key)
        wrap("{", "}", body)
    }

    mutating func array(_ key: String, _ body: (inout JSONObjectWriter) -> Void) {
        self.key(key)
        wrap("[", "]", body)
    }

    /// Adds an object to an array.
    mutating func object(_ body: (inout JSONObjectWriter) -> Void) {
        separate()
        wrap("{", "}", body)
    }

    private mutating func key(_ key: String) {
        separate()
        JSONText.append(key: key, to: &bytes)
    }

    private mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") {
            bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func wrap(
        _ open: Unicode.Scalar,
        _ close: Unicode.Scalar,
        _ body: (inout JSONObjectWriter) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        body(&self)
        bytes.append(UInt8(ascii: close))
    }
}
