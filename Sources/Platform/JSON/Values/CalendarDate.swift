/// A day of the Gregorian calendar, without a time and without a zone: `2026-11-21` (RFC 3339 `full-date`).
public struct CalendarDate: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// Days since 1970-01-01; negative before.
    public let dayNumber: Int

    /// The day so many days after 1970-01-01; nil outside of the years 0 to 9999.
    public init?(dayNumber: Int) {
        guard JSONTimestamp.writableDays.contains(dayNumber) else { return nil }
        self.dayNumber = dayNumber
    }

    /// Reads `2026-11-21`; nil for anything else, also for a day that the month does not have.
    public init?(_ text: String) {
        guard let number = JSONTimestamp.dayNumber(text.utf8.span) else { return nil }
        dayNumber = number
    }

    /// `2026-11-21`.
    public var description: String {
        var bytes: [UInt8] = []
        JSONTimestamp.append(dayNumber: dayNumber, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The day so many days later; nil outside of the years 0 to 9999.
    public func adding(days: Int) -> CalendarDate? {
        let (sum, overflow) = dayNumber.addingReportingOverflow(days)
        return overflow ? nil : CalendarDate(dayNumber: sum)
    }

    /// Whether `left` comes before `right`.
    public static func < (left: Self, right: Self) -> Bool { left.dayNumber < right.dayNumber }
}

extension CalendarDate: Codable {
    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let date = CalendarDate(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "not a date such as 2026-11-21"
            )
        }
        self = date
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension CalendarDate: JSONStandIn {
    /// 1970-01-01.
    package static let first = CalendarDate(known: 0)

    static var standIn: CalendarDate { first }

    private init(known number: Int) { dayNumber = number }
}
