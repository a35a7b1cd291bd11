/// The Close frames that a tunnel puts in (RFC 6455 §5.5.1, §7.4).
enum CloseFrame {
    /// "Service restart": come back, after a random delay (the registry of close codes that §11.7 of RFC 6455 opens).
    static let serviceRestart: UInt16 = 1012
    /// "Going away" (§7.4.1).
    static let goingAway: UInt16 = 1001

    /// A Close with a status and a reason, of which 123 bytes go in.
    ///
    /// `mask` is set in frames to a server, and only there (§5.1).
    static func bytes(_ status: UInt16, _ reason: String, mask: UInt32? = nil) -> [UInt8] {
        var payload = [UInt8(status >> 8), UInt8(truncatingIfNeeded: status)]
        // Cut between characters: a reason is UTF-8.
        for character in reason {
            guard payload.count + character.utf8.count <= 125 else { break }
            payload += character.utf8
        }
        guard let mask else { return [0x88, UInt8(payload.count)] + payload }
        let key = (0..<4).map { UInt8(truncatingIfNeeded: mask >> (24 - 8 * $0)) }
        for index in payload.indices { payload[index] ^= key[index % 4] }
        return [0x88, 0x80 | UInt8(payload.count)] + key + payload
    }
}
