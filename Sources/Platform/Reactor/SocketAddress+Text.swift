extension SocketAddress {
    /// The most that ``appendHost(to:)`` adds, in bytes.
    package static var hostByteLimit: Int { pathLimit + 5 }

    /// Adds ``host``. An IPv4 address, as nearly always, costs no `String`.
    package func appendHost(to out: inout OutputSpan<UInt8>) {
        guard case .ipv4(let address, _) = self else {
            for byte in host.utf8 { out.append(byte) }
            return
        }
        var shift: UInt32 = 32
        while shift > 0 {
            shift -= 8
            let part = UInt8(truncatingIfNeeded: address >> shift)
            if part >= 100 { out.append(48 + part / 100) }
            if part >= 10 { out.append(48 + part / 10 % 10) }
            out.append(48 + part % 10)
            if shift > 0 { out.append(UInt8(ascii: ".")) }
        }
    }
}
