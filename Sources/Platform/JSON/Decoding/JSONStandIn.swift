import FoundationEssentials

/// What a bad field of a marked type is read as while its neighbours are looked at.
protocol JSONStandIn {
    static var standIn: Self { get }
}

extension Bool: JSONStandIn { static var standIn: Bool { false } }
extension String: JSONStandIn { static var standIn: String { "" } }
extension Double: JSONStandIn { static var standIn: Double { 0 } }
extension Float: JSONStandIn { static var standIn: Float { 0 } }
extension Int: JSONStandIn { static var standIn: Int { 0 } }
extension Int8: JSONStandIn { static var standIn: Int8 { 0 } }
extension Int16: JSONStandIn { static var standIn: Int16 { 0 } }
extension Int32: JSONStandIn { static var standIn: Int32 { 0 } }
extension Int64: JSONStandIn { static var standIn: Int64 { 0 } }
extension UInt: JSONStandIn { static var standIn: UInt { 0 } }
extension UInt8: JSONStandIn { static var standIn: UInt8 { 0 } }
extension UInt16: JSONStandIn { static var standIn: UInt16 { 0 } }
extension UInt32: JSONStandIn { static var standIn: UInt32 { 0 } }
extension UInt64: JSONStandIn { static var standIn: UInt64 { 0 } }
extension Array: JSONStandIn { static var standIn: [Element] { [] } }
extension Set: JSONStandIn { static var standIn: Set<Element> { [] } }
extension Dictionary: JSONStandIn { static var standIn: [Key: Value] { [:] } }
extension Optional: JSONStandIn { static var standIn: Wrapped? { nil } }
extension JSONValue: JSONStandIn { static var standIn: JSONValue { .null } }
extension Date: JSONStandIn { static var standIn: Date { Date(timeIntervalSinceReferenceDate: 0) } }
extension UUID: JSONStandIn {
    static var standIn: UUID { UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) }
}
extension Data: JSONStandIn { static var standIn: Data { Data() } }
extension Decimal: JSONStandIn { static var standIn: Decimal { 0 } }
extension URL: JSONStandIn { static var standIn: URL { URL(filePath: "/") } }
