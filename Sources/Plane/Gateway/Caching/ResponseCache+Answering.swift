import HTTP

extension ResponseCache {
    /// Answers from what is kept.
    func answer(
        _ call: CacheCall,
        _ stored: StoredResponse,
        isCollapsed: Bool,
        _ result: CacheFigures.Result
    ) -> HTTPResponse {
        figures.count(isCollapsed ? .collapsed : result)
        // Who waited for another's fetch went to the service, in its way (RFC 9211 §2.5).
        return answer(
            call,
            stored,
            CacheStatus(forward: isCollapsed ? .uriMiss : nil, isCollapsed: isCollapsed)
        )
    }

    /// Answers with something that is kept, or was just now.
    func answer(_ call: CacheCall, _ stored: StoredResponse, _ status: CacheStatus) -> HTTPResponse {
        let now = now()
        let age = stored.age.current(at: now)
        var status = status
        status.timeToLive = stored.lifetime - age
        let head = HTTPResponseHead(stored.status, fields: stored.fields)
        return response(call, head, stored.body, age: age, now, status)
    }

    /// Answers with a content that can't be kept.
    func response(
        _ call: CacheCall,
        _ head: HTTPResponseHead,
        _ body: [UInt8],
        _ now: CacheInstant,
        _ status: CacheStatus
    ) -> HTTPResponse {
        response(call, head, body, age: nil, now, status)
    }

    private func response(
        _ call: CacheCall,
        _ head: HTTPResponseHead,
        _ body: [UInt8],
        age: Int64?,
        _ now: CacheInstant,
        _ status: CacheStatus
    ) -> HTTPResponse {
        let has =
            head.status == .ok
            && CacheConditions.isNotModified(call.fields, head.fields, receivedAt: now.date)
        var answer = HTTPResponse(
            has ? .notModified : head.status,
            fields: has ? CacheConditions.notModified(head.fields) : head.fields,
            body: has ? .empty : HTTPBody(body)
        )
        answer.head.fields.reserve(bytes: 160, fields: 2)
        // §5.1: an `Age` says that the service did not make or confirm the answer for this request.
        let isForwarded = status.forward != nil && !status.isCollapsed
        if let age, age > 0 || !isForwarded {
            answer.head.fields.append(.age, upTo: 20) { $0.append(decimal: Int(age)) }
        }
        status.append(to: &answer.head.fields)
        return answer
    }
}
