import JSON

/// A span as it is read from OTLP/JSON.
package struct StoredSpan: Sendable, Equatable {
    package let trace: String
    package let id: String
    /// Empty for the first of a trace.
    package let parent: String
    package let name: String
    package let service: String
    package let instance: String
    /// Nanoseconds since 1970.
    package let start: UInt64
    package let end: UInt64
    package let isError: Bool
    /// In the order in which they were sent.
    package let attributes: [(key: String, value: String)]

    package static func == (left: Self, right: Self) -> Bool {
        left.trace == right.trace && left.id == right.id
    }

    package var duration: UInt64 { end > start ? end - start : 0 }

    /// The spans of one export; nil when it can't be read.
    package static func spans(of line: [UInt8]) -> [StoredSpan]? {
        guard let document = try? JSONText.decode(JSONValue.self, from: line) else { return nil }
        return document["resourceSpans"].elements.flatMap { resource in
            let about = attributes(resource["resource"]?["attributes"])
            let service = about.first { $0.key == "service.name" }?.value ?? "?"
            let instance = about.first { $0.key == "service.instance.id" }?.value ?? ""
            return resource["scopeSpans"].elements.flatMap { $0["spans"].elements }.compactMap {
                span($0, service, instance)
            }
        }
    }

    private static func span(_ value: JSONValue, _ service: String, _ instance: String) -> StoredSpan? {
        guard let trace = value["traceId"]?.string, let id = value["spanId"]?.string,
            let start = nanoseconds(value["startTimeUnixNano"]),
            let end = nanoseconds(value["endTimeUnixNano"])
        else { return nil }
        let status = value["status"]?["code"]
        return StoredSpan(
            trace: trace.lowercased(),
            id: id.lowercased(),
            parent: value["parentSpanId"]?.string?.lowercased() ?? "",
            name: value["name"]?.string ?? "",
            service: service,
            instance: instance,
            start: start,
            end: end,
            isError: status?.number?.int64 == 2 || status?.string == "STATUS_CODE_ERROR",
            attributes: attributes(value["attributes"])
        )
    }

    /// 64-bit numbers are texts in the JSON form of protobuf.
    private static func nanoseconds(_ value: JSONValue?) -> UInt64? {
        value?.string.flatMap { UInt64($0) } ?? value?.number?.uint64
    }

    private static func attributes(_ list: JSONValue?) -> [(key: String, value: String)] {
        list.elements.compactMap { entry in
            guard let key = entry["key"]?.string, let value = entry["value"] else { return nil }
            return (key, text(value))
        }
    }

    private static func text(_ value: JSONValue) -> String {
        for key in ["stringValue", "intValue", "doubleValue", "boolValue"] {
            guard let found = value[key] else { continue }
            return found.string ?? found.number?.description ?? found.bool.map { "\($0)" } ?? ""
        }
        return value["arrayValue"]?["values"].elements.map(text).joined(separator: ",") ?? ""
    }
}

extension JSONValue? {
    /// The elements of an array; none of all else.
    fileprivate var elements: [JSONValue] {
        if case .array(let elements)? = self { elements } else { [] }
    }
}
