import HTTP
import Postgres
import Routing

extension IdempotencyKey {
    /// A request's key and fingerprint as the table has them; nobody is the empty principal.
    init(_ request: IdempotentRequest) {
        let hash = stride(from: 120, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: request.fingerprint >> UInt128($0))
        }
        let key = request.key
        self.init(key: key.text, route: key.route, principal: key.subject ?? "", requestHash: hash)
    }
}

extension KeptAnswer {
    /// An answer as the table has it.
    init(_ answer: StoredAnswer) {
        self.init(
            status: Int(answer.status.code),
            headers: answer.fields.all.map {
                [String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self)]
            },
            body: answer.content
        )
    }
}

extension StoredAnswer {
    /// An answer that was kept. What the table can't hold by our hands is left out.
    init(_ kept: KeptAnswer) {
        var fields = HTTPFields()
        for field in kept.headers where field.count == 2 {
            if let name = HTTPFieldName(field[0]) { fields.append(name, field[1]) }
        }
        self.init(
            status: HTTPStatus(code: kept.status) ?? .internalServerError,
            fields: fields,
            content: kept.body
        )
    }
}
