/// Parses the input as a token, as base64url and as JSON; what is accepted must have been in its one form.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzToken(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let decoded = Base64URL.decode(bytes.span) {
        precondition(Array(Base64URL.encode(decoded.span).utf8) == bytes, "base64url has two forms")
    }
    if let object = try? ClaimReader.object(bytes) {
        let again = try? ClaimReader.object(ClaimWriter.encode(object))
        precondition(again == object, "an object that is written is read otherwise")
    }
    // The input is two JSON texts, so that the fuzzer need not find base64url by itself.
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let texts = parts.map { Base64URL.encode(Array($0).span) }
    check(Array((texts + ["", ""]).prefix(3).joined(separator: ".").utf8))
    check(bytes)
    return 0
}

/// An accepted token keeps its limits.
private func check(_ text: [UInt8]) {
    guard let token = try? UnverifiedToken(parsing: text.span) else { return }
    precondition(text.count <= UnverifiedToken.defaultByteLimit, "a token over its limit is accepted")
    precondition(text.starts(with: token.signingInput), "other bytes are verified than were read")
    let claims = try? TokenClaims(token.claims.object)
    precondition(claims == token.claims, "claims that are written are read otherwise")
}
