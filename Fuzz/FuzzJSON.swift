/// Parses the input as JSON, writes what was read in each form, and reads that again; decodes it into types as well.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(JSONError) {
        let value = try JSONText.decode(JSONValue.self, from: bytes)
        for options in [JSONEncodingOptions(), JSONEncodingOptions(isPretty: true)] {
            let text = try JSONText.encode(value, options)
            let again = try JSONText.decode(JSONValue.self, from: text)
            precondition(again == value, "another value is read again")
        }
    } catch {
        precondition(error.reason.isSyntax, "\(error)")
        precondition(0...count ~= error.offset ?? -1, "an error behind the text")
    }
    checkProblems(of: bytes)
    return 0
}

/// Collecting finds a problem exactly when decoding does, and decoding's is among those that it finds.
private func checkProblems(of bytes: [UInt8]) {
    var first: JSONFieldProblem?
    do throws(JSONError) { _ = try JSONText.decode(Shapes.self, from: bytes) } catch {
        first = error.problems[0]
    }
    do throws(JSONError) {
        _ = try JSONText.decodeCollecting(Shapes.self, from: bytes)
        precondition(first == nil, "decoding fails, collecting does not")
    } catch {
        precondition(
            first.map(error.problems.contains) == true,
            "collecting misses \(String(describing: first))"
        )
    }
}

/// Something of everything, without a field that must be there.
struct Shapes: Codable, JSONFieldwise {
    var integer: Int8?
    var large: UInt64?
    var real: Double?
    var text: String?
    var bytes: [UInt8]?
    var words: [String: Bool]?
    var any: JSONValue?
    var inner: [Shapes]?
}
