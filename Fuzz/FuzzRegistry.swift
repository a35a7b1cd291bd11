/// Reads the input as a filter, a pattern, a record of the log, a mutation, and the JSON of each registration. What is
/// accepted is read the same when it is written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRegistry(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    _ = try? Filter(text)
    if let pattern = try? Pattern(text) { _ = pattern.matches("a-b_c 1.2.3") }
    if let duration = GoDuration.parse(text) {
        precondition(GoDuration.parse(GoDuration.format(duration)) == duration, "a duration has two values")
    }
    _ = QueryParameters(Substring(text))
    _ = ProbeURL(text)
    checkMutation(bytes)
    checkLog(bytes)
    _ = try? ServiceBody(bytes, node: "n")
    _ = try? CheckBody.read(try BodyFields(decoding: bytes))
    _ = try? CatalogBody.registration(bytes)
    _ = try? CatalogBody.deregistration(bytes)
    _ = try? SessionBody.read(bytes, agent: "n")
    return 0
}

private func checkMutation(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes[...])
    guard let mutation = try? Mutation(from: &reader) else { return }
    var writer = ByteWriter()
    mutation.encode(to: &writer)
    var again = ByteReader(writer.bytes[...])
    precondition((try? Mutation(from: &again)) == mutation, "a mutation that is written is read otherwise")
}

/// The input behind a whole record: whatever it is, the record before it is read.
private func checkLog(_ bytes: [UInt8]) {
    var log: [UInt8] = []
    LogRecord(index: 1, mutations: [.removeNode("n")]).append(to: &log)
    let end = log.count
    log += bytes
    let scan = LogScan(log)
    precondition(scan.records.first?.index == 1 && scan.end >= end, "a whole record is lost")
}
