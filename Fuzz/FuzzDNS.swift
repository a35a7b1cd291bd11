/// Reads the input as a message of DNS, and answers it: the answer keeps to its limit, and begins with the question's ID.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDNS(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard case .query(let query) = DNSQuery.read(bytes) else { return 0 }
    precondition(query.name.wireCount <= DNSName.limit, "a name is too long")
    precondition(query.name.labels.allSatisfy { 1...DNSName.labelLimit ~= $0.count }, "a label is too long")
    var answer = DNSAnswer()
    for number in 0..<40 {
        let target = DNSRecord.Content.srv(priority: 1, weight: 1, port: 80, target: query.name)
        answer.parts.append(
            DNSAnswer.Part(
                record: DNSRecord(name: nil, content: target),
                extra: DNSRecord(name: query.name, content: .a(UInt32(number)))
            )
        )
    }
    for limit in [DNSAnswer.datagramLimit(of: query), DNSAnswer.streamLimit] {
        let message = answer.message(to: query, limit: limit)
        precondition(message.count <= limit, "an answer is too long")
        precondition(message.prefix(2) == bytes.prefix(2), "an answer has another ID")
        // What is sent is no question, whoever gets it.
        precondition(DNSQuery.read(message) == .ignored, "an answer is read as a question")
    }
    return 0
}
