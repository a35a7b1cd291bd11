import FoundationEssentials
import HTTP
import JSON

/// `txn`: several operations on keys at once.
enum TransactionEndpoint {
    static let all: [Endpoint] = [Endpoint("/v1/txn", (.put, run))]

    private static let run: Endpoint.Handler = { api, request in
        let transaction = try read(try await request.content())
        let (results, problems) = try await api.registry.write { (state, now) throws(Refusal) in
            state.run(transaction, at: now)
        }
        var answer = APIAnswer.json(request) { json in
            json.object { json in
                json.key("Results")
                if problems.isEmpty {
                    json.array(results) { json, result in
                        json.object { json in
                            json.key("KV")
                            json.entry(result.entry, hasValue: result.hasValue)
                        }
                    }
                } else {
                    json.null()
                }
                json.key("Errors")
                guard !problems.isEmpty else { return json.null() }
                json.array(problems) { json, problem in
                    json.object { json in
                        json.member("OpIndex", problem.operation)
                        json.member("What", problem.text)
                    }
                }
            }
        }
        if !problems.isEmpty { answer.status = .conflict }
        return answer
    }

    private static func read(_ bytes: [UInt8]) throws(Refusal) -> Transaction {
        guard case .array(let elements) = try BodyFields.json(bytes) else {
            throw Refusal(.badRequest, "Failed to parse body: an array of operations was expected")
        }
        guard elements.count <= Transaction.limit else {
            throw Refusal(
                .tooLarge,
                "Transaction contains too many operations (\(elements.count) > \(Transaction.limit))"
            )
        }
        var operations: [Transaction.Operation] = []
        for element in elements {
            guard case .object(let object) = element else {
                throw Refusal(.badRequest, "Failed to parse body: an operation is an object")
            }
            var fields = BodyFields(object)
            guard var kv = try fields.object("KV") else {
                throw Refusal(.badRequest, "Failed to parse body: only KV operations are supported here")
            }
            operations.append(try operation(&kv))
        }
        return Transaction(operations: operations)
    }

    private static func operation(_ fields: inout BodyFields) throws(Refusal) -> Transaction.Operation {
        let text = try fields.text("Value") ?? ""
        guard let value = Data(base64Encoded: text) else {
            throw Refusal(.badRequest, "Failed to parse body: illegal base64 data")
        }
        guard value.count <= KVEntry.valueLimit else {
            throw Refusal(
                .tooLarge,
                "Value for key is too large (\(value.count) > \(KVEntry.valueLimit) bytes)"
            )
        }
        return Transaction.Operation(
            verb: try fields.text("Verb") ?? "",
            key: KVKey(try fields.text("Key") ?? ""),
            value: Array(value),
            flags: fields.take("Flags")?.number?.uint64 ?? 0,
            index: fields.take("Index")?.number?.uint64 ?? 0,
            session: try fields.text("Session") ?? ""
        )
    }
}
