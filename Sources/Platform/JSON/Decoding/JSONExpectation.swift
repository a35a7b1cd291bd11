import FoundationEssentials

/// What a type asks for, in words for whoever sent something else.
enum JSONExpectation {
    static func words<Value>(for type: Value.Type) -> String {
        if let integer = type as? any FixedWidthInteger.Type { return integer.expectedWords }
        if let enumeration = type as? any CaseIterable.Type { return oneOf(enumeration) }
        if let optional = type as? any JSONOptional.Type { return optional.wrappedWords }
        switch ObjectIdentifier(type) {
        case ObjectIdentifier(String.self): return "a string"
        case ObjectIdentifier(Bool.self): return "true or false"
        case ObjectIdentifier(Double.self): return "a number a Double can hold"
        case ObjectIdentifier(Float.self): return "a number a Float can hold"
        case ObjectIdentifier(Decimal.self): return "a number"
        case ObjectIdentifier(Date.self): return "a date and time such as 2026-11-21T12:36:40Z (RFC 3339)"
        case ObjectIdentifier(CalendarDate.self): return "a date such as 2026-11-21"
        case ObjectIdentifier(UUID.self): return "a UUID (RFC 9562)"
        case ObjectIdentifier(Data.self), ObjectIdentifier([UInt8].self):
            return "a string of base64 (RFC 4648 §4)"
        case ObjectIdentifier(URL.self): return "a URL"
        default: return ""
        }
    }

    /// The values of an enumeration with strings or numbers behind its cases, the first 20.
    private static func oneOf(_ type: any CaseIterable.Type) -> String {
        func values<Cases: CaseIterable>(_ type: Cases.Type) -> [String] {
            type.allCases.prefix(20).compactMap { ($0 as? any RawRepresentable).map { "\($0.rawValue)" } }
        }
        let names = values(type)
        return names.isEmpty ? "" : "one of " + names.joined(separator: ", ")
    }
}

extension FixedWidthInteger {
    fileprivate static var expectedWords: String { "an integer from \(min) to \(max)" }
}

/// Finds out what an optional wraps.
protocol JSONOptional {
    static var wrappedWords: String { get }
}

extension Optional: JSONOptional {
    static var wrappedWords: String { JSONExpectation.words(for: Wrapped.self) }
}
