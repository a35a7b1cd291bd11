/// Where in a document a value stands: keys and indices from the top.
public struct JSONPath: Sendable, Hashable, CustomStringConvertible {
    /// One step down.
    public enum Component: Sendable, Hashable {
        /// Into an object. Keys of more than 128 bytes are cut and end in `…`.
        case key(String)
        /// Into an array, from 0.
        case index(Int)
    }

    /// The steps from the top, none for the whole document.
    public private(set) var components: [Component]

    /// Makes a path of steps.
    public init(_ components: [Component] = []) { self.components = components }

    /// The path one step further down.
    public func appending(_ component: Component) -> JSONPath { JSONPath(components + [component]) }

    /// The path as programmers write it, such as `items[3].price`; a key that is no identifier is quoted as in
    /// `items["unit price"]`. Empty for the whole document.
    public var description: String {
        var text = ""
        for component in components {
            switch component {
            case .index(let index): text += "[\(index)]"
            case .key(let key) where Self.isIdentifier(key): text += text.isEmpty ? key : ".\(key)"
            case .key(let key): text += "[\(Self.quoted(key))]"
            }
        }
        return text
    }

    /// The path as JSON Pointer (RFC 6901), such as `/items/3/price`; empty for the whole document.
    public var pointer: String {
        components.reduce(into: "") { text, component in
            text += "/"
            switch component {
            case .index(let index): text += "\(index)"
            case .key(let key): text += Self.escaped(key)
            }
        }
    }

    /// RFC 6901 §3: `~` and `/` in a key.
    private static func escaped(_ key: String) -> String {
        key.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isIdentifier(_ key: String) -> Bool {
        !key.isEmpty
            && key.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func quoted(_ key: String) -> String {
        var writer = JSONWriter()
        writer.string(key)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONPath.Component {
    /// A key's component, cut where it would fill a log.
    static func key(bounding text: String) -> Self {
        guard text.utf8.count > 128 else { return .key(text) }
        return .key(String(text.unicodeScalars.prefix(32)) + "…")
    }

    /// The component of a Codable key; an integer key that is no name is an index.
    init(_ key: any CodingKey) {
        if let index = (key as? JSONIndexKey)?.intValue {
            self = .index(index)
        } else {
            self = .key(bounding: key.stringValue)
        }
    }
}
