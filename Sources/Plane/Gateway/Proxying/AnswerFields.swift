import HTTP

/// What the gateway adds to every answer that it passes on, and takes out of it.
struct AnswerFields {
    /// What protects browsers where the service says nothing of its own (OWASP, "HTTP Headers Cheat Sheet").
    private static let security: [(HTTPFieldName, HTTPFields)] = [
        ("x-content-type-options", ["x-content-type-options": "nosniff"]),
        ("x-frame-options", ["x-frame-options": "DENY"]),
        ("referrer-policy", ["referrer-policy": "strict-origin-when-cross-origin"]),
    ]
    private static let all: HTTPFields = {
        var fields = HTTPFields()
        for (_, field) in security { fields.append(contentsOf: field) }
        return fields
    }()

    /// The fields as they go to the client. Of 426 `Upgrade` goes along: it says which protocol the service asks for.
    static func outgoing(_ fields: HTTPFields, of status: HTTPStatus) -> HTTPFields {
        // With room for what is added here and behind, as `RateLimit`.
        var result = fields.copied(addingBytes: 384, fields: 8)
        result.removeHopByHop(protecting: status == 426 ? [.upgrade] : [])
        let present = presence(in: result)
        guard present != 0 else {
            result.append(contentsOf: all)
            return result
        }
        for (index, (_, field)) in security.enumerated() where present & 1 << index == 0 {
            result.append(contentsOf: field)
        }
        return result
    }

    /// Names places as the client has to ask for them: `Location` (RFC 9110 §10.2.2) and `Content-Location` (§8.7).
    static func place(_ fields: inout HTTPFields, _ rewrite: PathRewrite) {
        guard case .strip = rewrite else { return }
        for name: HTTPFieldName in [.location, .contentLocation] {
            guard let place = fields[name], let outward = rewrite.outward(place) else { continue }
            fields.set(name, outward)
        }
    }

    /// A bit for each of the fields above that is there.
    private static func presence(in fields: HTTPFields) -> Int {
        var present = 0
        fields.forEachField { _, name, _ in
            switch name.count {
            case 22 where HTTPFields.isName(name, "x-content-type-options"): present |= 1
            case 15 where HTTPFields.isName(name, "x-frame-options"): present |= 2
            case 15 where HTTPFields.isName(name, "referrer-policy"): present |= 4
            default: break
            }
        }
        return present
    }
}
