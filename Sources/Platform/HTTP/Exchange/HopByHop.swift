/// Fields that belong to one connection and go no further (RFC 9110 §7.6.1).
extension HTTPFields {
    /// Takes out what a proxy must not pass on: the fields that `Connection` names, and `TE`.
    ///
    /// What manages the connection or frames the message (`Connection`, `Keep-Alive`, `Transfer-Encoding` and the like)
    /// never leaves this module anyway: it is written anew for each message. A protected field stays, also when
    /// `Connection` names it: a client could otherwise have a field removed that a later hop relies on.
    public mutating func removeHopByHop(protecting protected: [HTTPFieldName] = HTTPFields.endToEnd) {
        var hasOptions = false
        var hasTE = false
        let bytes = bytes
        let span = bytes.span
        for line in lines {
            switch line.nameCount {
            case 2: hasTE = hasTE || ByteScan.equals(span, line.nameRange, "te")
            case 10 where ByteScan.equals(span, line.nameRange, "connection"):
                // One well-known option, as nearly always, names no field.
                let value = line.valueRange
                hasOptions =
                    hasOptions
                    || !ByteScan.equals(span, value, "close") && !ByteScan.equals(span, value, "keep-alive")
            default: break
            }
        }
        if hasTE { remove(.te) }
        if hasOptions { for name in connectionOptions where !protected.contains(name) { remove(name) } }
    }

    /// A request's fields as a proxy passes them on, with room for more: without those that belong to this connection or frame
    /// its message, `Upgrade` among them, and without those of which `drops` says so by their names (as they came, in any
    /// case). One pass and one copy.
    package func passedOn(
        protecting protected: [HTTPFieldName],
        addingBytes byteCount: Int,
        fields fieldCount: Int,
        dropping drops: (_ name: Span<UInt8>) -> Bool
    ) -> HTTPFields {
        var copy = HTTPFields()
        copy.bytes.reserveCapacity(bytes.count + byteCount)
        copy.bytes.append(contentsOf: bytes)
        copy.lines.reserveCapacity(lines.count + fieldCount)
        var hasOptions = false
        let span = bytes.span
        for line in lines {
            let name = line.nameRange
            switch line.nameCount {
            case 2 where ByteScan.equals(span, name, "te"): continue
            case 7 where ByteScan.equals(span, name, "upgrade"): continue
            case 10 where ByteScan.equals(span, name, "connection"):
                let value = line.valueRange
                hasOptions =
                    hasOptions
                    || !ByteScan.equals(span, value, "close") && !ByteScan.equals(span, value, "keep-alive")
                continue
            case 10 where ByteScan.equals(span, name, "keep-alive"): continue
            case 14 where ByteScan.equals(span, name, "content-length"): continue
            case 16 where ByteScan.equals(span, name, "proxy-connection"): continue
            case 17 where ByteScan.equals(span, name, "transfer-encoding"): continue
            default: break
            }
            if !drops(span.extracting(name)) { copy.lines.append(line) }
        }
        if hasOptions {
            for name in connectionOptions where !protected.contains(name) { copy.remove(name) }
        }
        return copy
    }

    /// Fields that are for the end of the chain, whatever a client says of them.
    public static let endToEnd: [HTTPFieldName] = [
        .host, .authorization, "traceparent", "tracestate", "x-request-id", "x-auth-subject", "x-auth-roles",
        "x-auth-scopes",
    ]

    /// The fields that `Connection` names.
    private var connectionOptions: [HTTPFieldName] {
        values(of: .connection).flatMap { $0.split(separator: UInt8(ascii: ",")) }.compactMap { member in
            HTTPFieldName(String(decoding: member.filter { !ListMembers.isBlank($0) }, as: UTF8.self))
        }
    }
}
