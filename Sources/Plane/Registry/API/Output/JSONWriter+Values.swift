import FoundationEssentials
import JSON

/// Members of one line each, as the objects below are made of.
extension JSONWriter {
    mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: StaticString, _ value: some FixedWidthInteger) {
        key(name)
        integer(value)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    mutating func member(_ name: StaticString, _ values: [String]) {
        key(name)
        texts(values)
    }

    /// A map; `null` for nil.
    mutating func member(_ name: StaticString, _ map: StringMap?) {
        key(name)
        guard let map else { return null() }
        object { json in
            for pair in map.pairs {
                json.key(pair.key)
                json.string(pair.value)
            }
        }
    }

    mutating func member(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        key(name)
        object(body)
    }

    mutating func object<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginObject()
        try body(&self)
        endObject()
    }

    mutating func array<Element, Failure: Error>(
        _ elements: some Sequence<Element>,
        _ body: (inout JSONWriter, Element) throws(Failure) -> Void
    ) throws(Failure) {
        beginArray()
        for element in elements { try body(&self, element) }
        endArray()
    }

    mutating func texts(_ values: [String]) { array(values) { $0.string($1) } }

    /// Bytes as base64 (RFC 4648 §4); `null` for none.
    mutating func base64(_ bytes: [UInt8]) {
        if bytes.isEmpty { null() } else { string(Data(bytes).base64EncodedString()) }
    }
}
