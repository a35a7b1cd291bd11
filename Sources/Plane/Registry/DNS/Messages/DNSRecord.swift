/// One record of an answer (RFC 1035 §3.2, RFC 2782 for SRV). All live no time: what they tell may change at once.
struct DNSRecord: Sendable, Equatable {
    /// What it tells.
    enum Content: Sendable, Equatable {
        case a(UInt32)
        case aaaa(UInt128)
        case name(DNSName, type: UInt16)
        case srv(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName)
        /// Cut into texts of 255 bytes.
        case txt(String)
        /// Serial, refresh, retry, expire and the time for which a missing name is missing.
        case soa(server: DNSName, mailbox: DNSName, numbers: [UInt32])
    }

    /// Whom it is about; nil for the name of the question.
    let name: DNSName?
    let content: Content

    var type: UInt16 {
        switch content {
        case .a: DNSType.a
        case .aaaa: DNSType.aaaa
        case .name(_, let type): type
        case .srv: DNSType.srv
        case .txt: DNSType.txt
        case .soa: DNSType.soa
        }
    }

    func append(to bytes: inout [UInt8]) {
        // The question's name stands behind the header (RFC 1035 §4.1.4).
        if let name { name.append(to: &bytes) } else { bytes += [0xC0, 12] }
        var data: [UInt8] = []
        appendData(to: &data)
        bytes.append(number: type)
        bytes.append(number: DNSQuery.internet)
        bytes.append(number: UInt32(0))
        bytes.append(number: UInt16(data.count))
        bytes += data
    }

    private func appendData(to data: inout [UInt8]) {
        switch content {
        case .a(let address): data.append(number: address)
        case .aaaa(let address): data.append(number: address)
        case .name(let name, _): name.append(to: &data)
        case .srv(let priority, let weight, let port, let target):
            for number in [priority, weight, port] { data.append(number: number) }
            target.append(to: &data)
        case .txt(let text):
            var rest = Array(text.utf8)[...]
            repeat {
                let part = rest.prefix(255)
                data.append(UInt8(part.count))
                data += part
                rest = rest.dropFirst(255)
            } while !rest.isEmpty
        case .soa(let server, let mailbox, let numbers):
            server.append(to: &data)
            mailbox.append(to: &data)
            for number in numbers { data.append(number: number) }
        }
    }
}

extension [UInt8] {
    /// In network order.
    mutating func append(number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
